import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {ContainersCommand} from '../containers-command.js';
import type {Removed, Rm} from '../contract/containers.js';
import {connect, type Engine} from '../engine/connect.js';
import {findContainer, removeContainer} from '../engine/containers.js';
import {Failure, isFailure} from '../failure.js';
import {bringProjectBack} from '../flow/copied-project.js';

export default class RmCommand extends ContainersCommand {
  static override summary = 'remove containers that gpudock started; folders and caches stay';
  static override description = 'What has changed in a copied project (--sync) comes back first.';
  static override strict = false;
  static override usage = 'rm [NAME...] [FLAGS]';
  static override examples = [
    '<%= config.bin %> <%= command.id %> gpudock-thesis',
    '<%= config.bin %> <%= command.id %> --force gpudock-thesis gpudock-lecture',
  ];
  static override args = {
    name: Args.string({description: 'name, id or project folder; several may be given', default: '.'}),
  };
  static override flags = {
    force: Flags.boolean({char: 'f', description: 'also when it is running'}),
    'dry-run': Flags.boolean({description: 'say which ones, and remove nothing'}),
  };

  async run(): Promise<Rm> {
    const {argv, flags} = await this.parse(RmCommand);
    const [first = '', ...more] = argv.map(String);
    const engine = await connect(this.world);
    const remove = (name: string): Promise<Removed> =>
      this.#remove(engine, name, {force: flags.force, dryRun: flags['dry-run']});
    if (more.length === 0) return {schema: 'gpudock/rm/1', ...(await remove(first))};
    return {schema: 'gpudock/rm/1', containers: await this.toEach([first, ...more], remove)};
  }

  async #remove(engine: Engine, which: string, {force, dryRun}: {force: boolean; dryRun: boolean}): Promise<Removed> {
    const container = await findContainer(engine, which);
    const {id, name, state} = container;
    if (state === 'running' && !force)
      throw new Failure({
        code: 'container_running',
        message: `${name} is running`,
        cause: 'what it holds in memory would be lost',
        fix: `gpudock stop ${name}, or gpudock rm --force ${name}`,
      });
    if (!dryRun) {
      await bringProjectBack(engine, container, line => this.say(line)).catch((error: unknown) => {
        if (!force || !isFailure(error)) throw error;
        this.say(`${error.message}: it is lost`);
      });
      await this.during(`removes ${name}`, removeContainer(engine, id, force));
    }
    if (!this.jsonEnabled()) this.say(dryRun ? `would remove ${name}` : `${name} is removed`);
    return {name, id, removed: !dryRun};
  }
}
