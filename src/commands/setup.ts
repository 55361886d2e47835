import {resolve} from 'node:path';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Setup, SetupPack, SetupUndo} from '../contract/setup.js';
import {EXIT, Failure} from '../failure.js';
import {type SetupConversation, type SetupOptions, setUp, takeBack} from '../flow/setup.js';
import {interruptSignal} from '../interrupt.js';
import {consent} from '../ui/consent.js';
import {lookOf} from '../ui/look.js';
import {renderGroup, renderPack, renderPlan, renderState, renderUndo} from '../ui/setup.js';

export default class SetupCommand extends GpudockCommand {
  static override summary = 'install and configure engine and NVIDIA toolkit, plan first';
  static override description =
    'Looks at what a working machine needs: an engine with buildx, your access to it, and, where there is a GPU, the NVIDIA container toolkit. Shows each group of steps, asks, carries it out, and verifies each step. The NVIDIA driver is never installed. Exits with 1 when --check finds something missing.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --check',
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --yes',
    '<%= config.bin %> <%= command.id %> --mirror https://mirror.example.com --data-root /data/docker',
    '<%= config.bin %> <%= command.id %> --pack engine.tar',
    '<%= config.bin %> <%= command.id %> --packages engine.tar',
    '<%= config.bin %> <%= command.id %> --undo',
  ];
  static override flags = {
    check: Flags.boolean({description: 'say what is there and what is missing, and change nothing'}),
    'dry-run': Flags.boolean({description: 'print every step, and take none'}),
    yes: Flags.boolean({char: 'y', description: 'do not ask'}),
    undo: Flags.boolean({
      description: 'put back the files that setup changed; packages stay installed',
      exclusive: ['check', 'from', 'rootless', 'mirror', 'data-root', 'packages', 'pack'],
    }),
    from: Flags.string({helpValue: 'DIR', description: 'plan for a capture instead of this machine; changes nothing'}),
    rootless: Flags.boolean({description: 'an engine of your own instead of the group docker'}),
    mirror: Flags.string({
      helpValue: 'URL',
      multiple: true,
      multipleNonGreedy: true,
      description: 'a mirror of Docker Hub (repeatable)',
    }),
    'data-root': Flags.string({
      helpValue: 'DIR',
      description: 'move images, containers and volumes to a folder on a larger disk',
    }),
    packages: Flags.string({
      helpValue: 'PATH',
      description: 'install from a bundle, or from package files in a folder, without the network',
    }),
    pack: Flags.string({
      helpValue: 'FILE',
      description: 'write a bundle for machines of the same release without a network',
      exclusive: ['check', 'from', 'rootless', 'mirror', 'data-root', 'packages'],
    }),
  };

  async run(): Promise<Setup | SetupPack | SetupUndo> {
    const {flags} = await this.parse(SetupCommand);
    if (flags.pack !== undefined) return this.pack(resolve(this.world.cwd, flags.pack), flags['dry-run']);
    if (flags.undo) return this.undo(flags['dry-run'], flags.yes);
    const planOnly = flags.check || flags['dry-run'] || flags.from !== undefined;
    const options: SetupOptions = {
      from: flags.from ?? null,
      planOnly,
      mirrors: flags.mirror ?? [],
      rootless: flags.rootless,
      dataRoot: flags['data-root'] ?? null,
      packages: flags.packages === undefined ? null : resolve(this.world.cwd, flags.packages),
    };
    const document = await setUp(this.world, options, this.talk(flags.yes), interruptSignal());
    const render = planOnly && !flags.check ? renderPlan : renderState;
    if (!this.jsonEnabled()) this.print(render(document, this.look.columns));
    process.exitCode = exitCode(document, flags.check);
    return document;
  }

  private talk(yes: boolean): SetupConversation {
    const progress = this.progress();
    return {
      ready: plan => {
        if (yes) return;
        if (this.jsonEnabled() || !process.stdin.isTTY) throw consentMissing();
        this.tell(renderState(plan, lookOf(process.stderr, this.world.env).columns));
      },
      agrees: async group => {
        if (yes) this.say(renderGroup(group));
        else this.tell(renderGroup(group));
        return yes || consent(`Do this (${group.title})?`, this.world.env);
      },
      say: line => progress.line(`  ${line} …`),
      hear: line => progress.detail(`  ${line}`),
      during: (what, work) => progress.during(`  ${what}`, work),
    };
  }

  private async pack(file: string, planOnly: boolean): Promise<SetupPack> {
    const {packUp} = await import('../flow/setup-pack.js');
    const progress = this.progress();
    const say = (line: string): void => progress.line(`  ${line} …`);
    const hear = (line: string): void => progress.detail(`  ${line}`);
    const packed = packUp(this.world, {file, planOnly, say, hear, signal: interruptSignal()});
    const document = await progress.during('  packs', packed);
    if (!this.jsonEnabled()) this.print(renderPack(document));
    return document;
  }

  private async undo(dryRun: boolean, yes: boolean): Promise<SetupUndo> {
    const agrees = async (plan: SetupUndo): Promise<boolean> => {
      if (yes) return true;
      if (this.jsonEnabled() || !process.stdin.isTTY) throw consentMissing();
      this.tell(renderUndo(plan, true));
      return consent('Take this back?', this.world.env);
    };
    const say = (line: string): void => this.say(`  ${line} …`);
    const document = await takeBack(this.world, dryRun, {agrees, say}, interruptSignal());
    if (!this.jsonEnabled()) this.print(renderUndo(document, dryRun));
    return document;
  }
}

/** A check answers like a test; a run is done when nothing that is needed was impossible. */
function exitCode({groups}: Setup, check: boolean): number {
  const has = (state: Setup['groups'][number]['state']): boolean => groups.some(group => group.state === state);
  if (has('blocked') || (check && has('needed'))) return EXIT.failed;
  return check && has('unknown') ? EXIT.cannotTell : EXIT.done;
}

const consentMissing = (): Failure =>
  new Failure({
    code: 'consent_missing',
    message: 'setup needs consent, and there is no terminal to ask at',
    cause: 'each group of steps changes this machine',
    fix: 'gpudock setup --yes, after gpudock setup --dry-run has shown what that would do',
    exit: EXIT.usage,
  });
