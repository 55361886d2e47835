import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type {LockChanges, LockRollback} from '../contract/lock.js';
import {normalizeName} from '../environment/requirement.js';
import {EXIT, Failure} from '../failure.js';
import {requiredLock, rollBack} from '../flow/lock-file.js';
import {LockCommand} from '../lock-command.js';

/** Frameworks by the name of their package on PyPI. */
const PACKAGES: Readonly<Record<string, string>> = {pytorch: 'torch'};

export default class UpgradeCommand extends LockCommand {
  static override summary = 'take newer versions into gpudock.lock, and show which';
  static override description = 'The lock before stays for --rollback.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> pytorch',
    '<%= config.bin %> <%= command.id %> --rollback',
  ];
  static override args = {
    framework: Args.string({description: 'only this framework or package; default: everything, and the base'}),
  };
  static override flags = {
    project: Flags.string({char: 'C', description: 'the project folder', default: '.', helpValue: 'DIR'}),
    rollback: Flags.boolean({description: 'take the lock before the last change again'}),
    'dry-run': Flags.boolean({description: 'print what would change, and write nothing', exclusive: ['rollback']}),
  };

  async run(): Promise<LockChanges | LockRollback> {
    const {args, flags} = await this.parse(UpgradeCommand);
    if (flags.rollback) {
      await rollBack(this.world, flags.project);
      this.say('gpudock.lock is again the one before; the same command takes this back');
      return {schema: 'gpudock/lock-rollback/1', rolledBack: true};
    }
    const lock = await requiredLock(this.world, flags.project);
    const upgrades = args.framework === undefined ? null : [nameOf(args.framework)];
    const gpus = lock.base.gpu ? null : 'none';
    const request = {folder: flags.project, from: null, gpus, base: null, target: lock.target};
    return this.relock(request, upgrades, !flags['dry-run']);
  }
}

/** What reaches a command line of the build is a package's name and nothing else (PEP 508). */
function nameOf(text: string): string {
  const name = normalizeName(PACKAGES[text.toLowerCase()] ?? text);
  if (/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name)) return name;
  throw new Failure({
    code: 'requirement_unreadable',
    message: `"${text}" is not the name of a framework or package`,
    fix: 'gpudock upgrade pytorch',
    exit: EXIT.usage,
  });
}
