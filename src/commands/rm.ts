import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Rm} from '../contract/containers.js';
import {connect} from '../engine/connect.js';
import {findContainer, removeContainer} from '../engine/containers.js';
import {Failure} from '../failure.js';

export default class RmCommand extends GpudockCommand {
  static override summary = 'remove a container that gpudock started; folder and caches stay';
  static override examples = ['<%= config.bin %> <%= command.id %> gpudock-thesis'];
  static override args = {name: Args.string({description: 'name, id or project folder', default: '.'})};
  static override flags = {
    force: Flags.boolean({char: 'f', description: 'also when it is running'}),
    'dry-run': Flags.boolean({description: 'say which one, and remove nothing'}),
  };

  async run(): Promise<Rm> {
    const {args, flags} = await this.parse(RmCommand);
    const engine = await connect(this.world);
    const {id, name, state} = await findContainer(engine, args.name);
    if (state === 'running' && !flags.force)
      throw new Failure({
        code: 'container_running',
        message: `${name} is running`,
        cause: 'what it holds in memory would be lost',
        fix: `gpudock stop ${name}, or gpudock rm --force ${name}`,
      });
    if (!flags['dry-run']) await removeContainer(engine, id, flags.force);
    if (!this.jsonEnabled()) this.say(flags['dry-run'] ? `would remove ${name}` : `${name} is removed`);
    return {schema: 'gpudock/rm/1', name, id, removed: !flags['dry-run']};
  }
}
