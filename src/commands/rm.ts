import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Rm} from '../contract/containers.js';
import {connect} from '../engine/connect.js';
import {findContainer, removeContainer} from '../engine/containers.js';
import {Failure, isFailure} from '../failure.js';
import {bringProjectBack} from '../flow/copied-project.js';

export default class RmCommand extends GpudockCommand {
  static override summary = 'remove a container that gpudock started; folder and caches stay';
  static override description = 'What has changed in a copied project (--sync) comes back first.';
  static override examples = ['<%= config.bin %> <%= command.id %> gpudock-thesis'];
  static override args = {name: Args.string({description: 'name, id or project folder', default: '.'})};
  static override flags = {
    force: Flags.boolean({char: 'f', description: 'also when it is running'}),
    'dry-run': Flags.boolean({description: 'say which one, and remove nothing'}),
  };

  async run(): Promise<Rm> {
    const {args, flags} = await this.parse(RmCommand);
    const engine = await connect(this.world);
    const container = await findContainer(engine, args.name);
    const {id, name, state} = container;
    if (state === 'running' && !flags.force)
      throw new Failure({
        code: 'container_running',
        message: `${name} is running`,
        cause: 'what it holds in memory would be lost',
        fix: `gpudock stop ${name}, or gpudock rm --force ${name}`,
      });
    if (!flags['dry-run']) {
      await bringProjectBack(engine, container, line => this.say(line)).catch((error: unknown) => {
        if (!flags.force || !isFailure(error)) throw error;
        this.say(`${error.message}: it is lost`);
      });
      await this.during(`removes ${name}`, removeContainer(engine, id, flags.force));
    }
    if (!this.jsonEnabled()) this.say(flags['dry-run'] ? `would remove ${name}` : `${name} is removed`);
    return {schema: 'gpudock/rm/1', name, id, removed: !flags['dry-run']};
  }
}
