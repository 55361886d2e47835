import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Logs} from '../contract/containers.js';
import {connect} from '../engine/connect.js';
import {findContainer} from '../engine/containers.js';
import {copyLogs} from '../engine/logs.js';
import {interruptSignal} from '../interrupt.js';

export default class LogsCommand extends GpudockCommand {
  static override summary = 'show what a container printed';
  static override examples = ['<%= config.bin %> <%= command.id %> gpudock-thesis'];
  static override args = {name: Args.string({description: 'name, id or project folder', default: '.'})};
  static override flags = {
    follow: Flags.boolean({char: 'f', description: 'go on until it ends or Ctrl-C'}),
    tail: Flags.integer({char: 'n', description: 'only the last lines', min: 0}),
  };

  async run(): Promise<Logs> {
    const {args, flags} = await this.parse(LogsCommand);
    const engine = await connect(this.world);
    const {id, name} = await findContainer(engine, args.name);
    const lines: string[] = [];
    const onLine = (line: string): void =>
      void (this.jsonEnabled() ? lines.push(line) : process.stdout.write(`${line}\n`));
    const options = {follow: flags.follow, tail: flags.tail ?? null, signal: interruptSignal(), onLine};
    const end = await copyLogs(engine, id, options);
    if (end !== null) this.say(`${name} has ended (exit code ${end.exit})`);
    return {schema: 'gpudock/logs/1', name, lines};
  }
}
