import {Args} from '@oclif/core';
import {GpudockCommand} from '../command.js';
import type {Explain} from '../contract/explain.js';
import {explainStream} from '../diagnosis/explain.js';
import {openLog} from '../diagnosis/log/open.js';
import {readPlace} from '../host/place.js';
import {renderExplain} from '../ui/explain.js';

export default class ExplainCommand extends GpudockCommand {
  static override summary = 'name the known failure in a log: its line, its cause, its fix';
  static override description =
    'Reads the output of a build, a start or a program, of any size, from a file or from standard input. What follows from another failure is left out.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> build.log',
    'docker logs trainer 2>&1 | <%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> - --json < train.log',
  ];
  static override args = {
    // Else oclif would take what is piped for the file's name.
    file: Args.string({description: 'the log; - or nothing: standard input', required: false}),
  };

  async run(): Promise<Explain> {
    const {args} = await this.parse(ExplainCommand);
    const matches = await explainStream(await openLog(args.file ?? '-'), await readPlace(this.world));
    if (!this.jsonEnabled()) this.print(`${renderExplain(matches, this.look.columns)}\n`);
    return {schema: 'gpudock/explain/1', matches};
  }
}
