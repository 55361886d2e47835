import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Stop} from '../contract/containers.js';
import {connect} from '../engine/connect.js';
import {findContainer, stopContainer} from '../engine/containers.js';
import {bringProjectBack} from '../flow/copied-project.js';

export default class StopCommand extends GpudockCommand {
  static override summary = 'stop a container that gpudock started; its files and log stay';
  static override description = 'What has changed in a copied project (--sync) comes back.';
  static override examples = ['<%= config.bin %> <%= command.id %> gpudock-thesis'];
  static override args = {name: Args.string({description: 'name, id or project folder', default: '.'})};
  static override flags = {'dry-run': Flags.boolean({description: 'say which one, and stop nothing'})};

  async run(): Promise<Stop> {
    const {args, flags} = await this.parse(StopCommand);
    const engine = await connect(this.world);
    const container = await findContainer(engine, args.name);
    const {id, name} = container;
    if (!flags['dry-run']) {
      await this.during(`waits until ${name} has stopped`, stopContainer(engine, id));
      await bringProjectBack(engine, container, line => this.say(line));
    }
    if (!this.jsonEnabled()) this.say(flags['dry-run'] ? `would stop ${name}` : `${name} is stopped`);
    return {schema: 'gpudock/stop/1', name, id, stopped: !flags['dry-run']};
  }
}
