import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Stop} from '../contract/containers.js';
import {connect} from '../engine/connect.js';
import {findContainer, stopContainer} from '../engine/containers.js';

export default class StopCommand extends GpudockCommand {
  static override summary = 'stop a container that gpudock started; its files and log stay';
  static override examples = ['<%= config.bin %> <%= command.id %> gpudock-thesis'];
  static override args = {name: Args.string({description: 'name, id or project folder', default: '.'})};
  static override flags = {'dry-run': Flags.boolean({description: 'say which one, and stop nothing'})};

  async run(): Promise<Stop> {
    const {args, flags} = await this.parse(StopCommand);
    const engine = await connect(this.world);
    const {id, name} = await findContainer(engine, args.name);
    if (!flags['dry-run']) await stopContainer(engine, id);
    if (!this.jsonEnabled()) this.say(flags['dry-run'] ? `would stop ${name}` : `${name} is stopped`);
    return {schema: 'gpudock/stop/1', name, id, stopped: !flags['dry-run']};
  }
}
