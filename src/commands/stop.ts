import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {ContainersCommand} from '../containers-command.js';
import type {Stop, Stopped} from '../contract/containers.js';
import {connect, type Engine} from '../engine/connect.js';
import {findContainer, stopContainer} from '../engine/containers.js';
import {bringProjectBack} from '../flow/copied-project.js';

export default class StopCommand extends ContainersCommand {
  static override summary = 'stop containers that gpudock started; their files and logs stay';
  static override description = 'What has changed in a copied project (--sync) comes back.';
  static override strict = false;
  static override usage = 'stop [NAME...] [FLAGS]';
  static override examples = [
    '<%= config.bin %> <%= command.id %> gpudock-thesis',
    '<%= config.bin %> <%= command.id %> gpudock-thesis gpudock-lecture',
  ];
  static override args = {
    name: Args.string({description: 'name, id or project folder; several may be given', default: '.'}),
  };
  static override flags = {'dry-run': Flags.boolean({description: 'say which ones, and stop nothing'})};

  async run(): Promise<Stop> {
    const {argv, flags} = await this.parse(StopCommand);
    const [first = '', ...more] = argv.map(String);
    const engine = await connect(this.world);
    const stop = (name: string): Promise<Stopped> => this.#stop(engine, name, flags['dry-run']);
    if (more.length === 0) return {schema: 'gpudock/stop/1', ...(await stop(first))};
    return {schema: 'gpudock/stop/1', containers: await this.toEach([first, ...more], stop)};
  }

  async #stop(engine: Engine, which: string, dryRun: boolean): Promise<Stopped> {
    const container = await findContainer(engine, which);
    const {id, name} = container;
    if (!dryRun) {
      await this.during(`waits until ${name} has stopped`, stopContainer(engine, id));
      await bringProjectBack(engine, container, line => this.say(line));
    }
    if (!this.jsonEnabled()) this.say(dryRun ? `would stop ${name}` : `${name} is stopped`);
    return {name, id, stopped: !dryRun};
  }
}
