import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import {connect} from '../engine/connect.js';
import {copy, parsePlace} from '../flow/copy.js';
import {interruptSignal} from '../interrupt.js';

export default class CpCommand extends GpudockCommand {
  static override summary = 'copy files from or to a container that gpudock started';
  static override examples = [
    '<%= config.bin %> <%= command.id %> gpudock-thesis:results.csv .',
    '<%= config.bin %> <%= command.id %> weights/ gpudock-thesis:/tmp',
  ];
  static override args = {
    from: Args.string({description: 'PATH here, or NAME:PATH in a container', required: true}),
    to: Args.string({description: 'NAME:PATH in a container, or PATH here', required: true}),
  };
  static override flags = {'dry-run': Flags.boolean({description: 'say where it would end up, and copy nothing'})};

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(CpCommand);
    const engine = await connect(this.world);
    const places = [parsePlace(args.from), parsePlace(args.to)] as const;
    const flow = {world: this.world, signal: interruptSignal()};
    const copied = await this.during(`copies ${args.from} to ${args.to}`, copy(flow, engine, places, flags['dry-run']));
    if (!this.jsonEnabled()) this.say(`${flags['dry-run'] ? 'would copy' : 'copied'} ${copied.from} to ${copied.to}`);
    return {schema: 'gpudock/cp/1', ...copied, done: !flags['dry-run']};
  }
}
