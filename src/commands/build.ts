import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Build} from '../contract/images.js';
import type {BuildPlan} from '../dockerfile/plan.js';
import {parseBuildArg, parseCache, parsePlatforms, parseSecret, parseSsh} from '../environment/access.js';
import type {ReadyImage} from '../flow/build-image.js';
import type {Flow} from '../flow/flow.js';
import {ensureImage, planImage} from '../flow/image.js';
import {requiredLock} from '../flow/lock-file.js';
import type {SituationQuestion} from '../flow/situation.js';
import {imageFlags, targetFlag} from '../image-flags.js';
import {settling} from '../keep-question.js';
import {liveFlow} from '../live-flow.js';

export default class BuildCommand extends GpudockCommand {
  static override summary = "build a project's image; nothing is built when nothing changed";
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ~/thesis --base bootstrap',
    '<%= config.bin %> <%= command.id %> --gpus none --json',
  ];
  static override args = {dir: Args.string({description: 'the project folder', default: '.'})};
  static override flags = {
    ...imageFlags,
    ...targetFlag,
    locked: Flags.boolean({
      description: 'exactly what gpudock.lock names, or a failure that says what is gone',
      exclusive: ['base', 'gpus', 'target'],
    }),
    secret: Flags.string({
      description: 'lend a secret to the steps that install packages; it stays in no layer (repeatable)',
      helpValue: 'id=netrc,src=FILE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'build-arg': Flags.string({
      description: 'a variable for the steps that install packages (repeatable)',
      helpValue: 'MAX_JOBS=4',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'cache-from': Flags.string({
      description: "where BuildKit may find a cache, in buildx's form (repeatable)",
      helpValue: 'type=registry,ref=IMAGE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'cache-to': Flags.string({
      description: 'where BuildKit leaves its cache (repeatable)',
      helpValue: 'type=registry,ref=IMAGE,mode=max',
      multiple: true,
      multipleNonGreedy: true,
    }),
    ssh: Flags.string({
      description: 'the agent or key for git+ssh:// requirements (the running agent)',
      helpValue: 'default=FILE',
    }),
    'keep-failed': Flags.boolean({
      description: 'when a step fails, leave the state before it as an image, and say how to get a shell there',
    }),
    platform: Flags.string({
      description: "for other CPUs, where the engine can (the engine's own)",
      helpValue: 'linux/arm64',
    }),
    'dry-run': Flags.boolean({description: 'print the Dockerfile and build nothing'}),
  };

  async run(): Promise<Build> {
    const {args, flags} = await this.parse(BuildCommand);
    const access = {
      secrets: (flags.secret ?? []).map(text => parseSecret(text, this.world.cwd)),
      buildArgs: (flags['build-arg'] ?? []).map(text => parseBuildArg(text, this.world.env)),
      cacheFrom: (flags['cache-from'] ?? []).map(text => parseCache(text, 'cache-from')),
      cacheTo: (flags['cache-to'] ?? []).map(text => parseCache(text, 'cache-to')),
      ssh: flags.ssh === undefined ? null : parseSsh(flags.ssh, this.world.cwd),
      keepFailed: flags['keep-failed'],
      platforms: flags.platform === undefined ? [] : parsePlatforms(flags.platform),
    };
    const {gpus = null, base = null, keep = null, target} = flags;
    const request = {folder: args.dir, from: null, gpus, base, keep, access, target};
    const progress = this.progress();
    const flow = liveFlow(this.world, progress);
    try {
      if (flags['dry-run']) {
        const {tag, dockerfile, decisions} = await (flags.locked
          ? this.#planLocked(flow, request)
          : planImage(flow, request));
        if (!this.jsonEnabled()) process.stdout.write(dockerfile);
        return {schema: 'gpudock/build/1', image: tag, built: false, decisions};
      }
      const asking = {world: this.world, ask: !this.jsonEnabled(), quiet: () => progress.end()};
      const {tag, built, decisions} = await (flags.locked
        ? this.#ensureLocked(flow, request)
        : settling(request, asking, settled => ensureImage(flow, settled)));
      progress.end();
      if (!this.jsonEnabled()) process.stdout.write(`${tag}\n`);
      if (!built) progress.line('nothing changed: the image is there already');
      return {schema: 'gpudock/build/1', image: tag, built, decisions};
    } finally {
      progress.end();
    }
  }

  async #ensureLocked(flow: Flow, request: SituationQuestion): Promise<ReadyImage> {
    const lock = await requiredLock(this.world, request.folder);
    const {ensureLockedImage} = await import('../flow/locked-image.js');
    return ensureLockedImage(flow, request, lock);
  }

  async #planLocked(flow: Flow, request: SituationQuestion): Promise<BuildPlan> {
    const lock = await requiredLock(this.world, request.folder);
    const {planLockedImage} = await import('../flow/locked-image.js');
    return planLockedImage(flow, request, lock);
  }
}
