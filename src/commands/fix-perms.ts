import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import {connect, isLocal} from '../engine/connect.js';
import {remoteEngine} from '../engine/remote.js';
import {EXIT, Failure} from '../failure.js';
import {planPermissions} from '../flow/fix-perms.js';
import {interruptSignal} from '../interrupt.js';
import {consent} from '../ui/consent.js';

export default class FixPermsCommand extends GpudockCommand {
  static override summary = "give files that a container of root left to the project's owner";
  static override description =
    'Looks for files of other owners in the project folder, and asks before it changes them.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> ~/thesis --yes',
  ];
  static override args = {dir: Args.string({description: 'the project folder', default: '.'})};
  static override flags = {
    yes: Flags.boolean({char: 'y', description: 'do not ask', exclusive: ['dry-run']}),
    'dry-run': Flags.boolean({description: 'say which files, and change nothing'}),
  };

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(FixPermsCommand);
    const engine = await connect(this.world);
    const signal = interruptSignal();
    if (!isLocal(engine)) throw remoteEngine(engine, 'run gpudock on that machine');
    const {folder, user, leftBy, left, carryOut} = await planPermissions({world: this.world, signal}, engine, args.dir);
    const document = {schema: 'gpudock/fix-perms/1', folder, user, files: left.count, some: left.some};
    this.tell(
      left.count === 0
        ? `Nothing in ${folder} belongs to ${leftBy}.`
        : `${left.count} files in ${folder} belong to ${leftBy}:`,
    );
    for (const path of left.some) this.tell(`  ${path}`);
    if (left.count > left.some.length) this.tell(`  … and ${left.count - left.some.length} more`);
    if (left.count === 0 || flags['dry-run']) return {...document, changed: false};
    if (!flags.yes && !(await this.#agreed(left.count, user))) return {...document, changed: false};
    await carryOut();
    this.say(`They belong to ${user === '0:0' ? 'you' : user} now.`);
    return {...document, changed: true};
  }

  async #agreed(count: number, user: string): Promise<boolean> {
    if (process.stdin.isTTY && !this.jsonEnabled()) return consent(`Give ${count} files to ${user}?`, this.world.env);
    throw new Failure({
      code: 'consent_missing',
      message: 'nothing was changed: it was not agreed to',
      cause: 'there is no terminal to ask at',
      fix: 'look with --dry-run, then agree with --yes',
      exit: EXIT.usage,
    });
  }
}
