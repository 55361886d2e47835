import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type {LockChanges, LockCheck} from '../contract/lock.js';
import {readProject} from '../environment/project.js';
import {requiredLock} from '../flow/lock-file.js';
import {checkLock} from '../flow/locked-image.js';
import {imageFlags, targetFlag} from '../image-flags.js';
import {LockCommand} from '../lock-command.js';

export default class LockFileCommand extends LockCommand {
  static override summary = 'pin base, packages and their hashes in gpudock.lock';
  static override description = 'Versions in it stay where they still fit.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --check',
    '<%= config.bin %> build --locked',
  ];
  static override args = {dir: Args.string({description: 'the project folder', default: '.'})};
  static override flags = {
    ...imageFlags,
    ...targetFlag,
    check: Flags.boolean({
      description: 'fail when gpudock.lock is not that of the project as it is now; asks no engine',
    }),
    'dry-run': Flags.boolean({description: 'print what would change, and write nothing'}),
  };

  async run(): Promise<LockChanges | LockCheck> {
    const {args, flags} = await this.parse(LockFileCommand);
    if (flags.check) {
      const [lock, project] = await Promise.all([
        requiredLock(this.world, args.dir),
        readProject(this.world, args.dir),
      ]);
      checkLock(lock, project);
      this.say('gpudock.lock is that of the project');
      return {schema: 'gpudock/lock-check/1', current: true};
    }
    const {gpus = null, base = null, keep = null, target} = flags;
    return this.relock({folder: args.dir, from: null, gpus, base, keep, target}, [], !flags['dry-run']);
  }
}
