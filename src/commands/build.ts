import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Build} from '../contract/images.js';
import {parseSecret} from '../environment/access.js';
import {ensureImage, planImage} from '../flow/image.js';
import {imageFlags} from '../image-flags.js';
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
    secret: Flags.string({
      description: 'lend a secret to the steps that install packages; it stays in no layer (repeatable)',
      helpValue: 'id=netrc,src=FILE',
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
      helpValue: 'type=inline',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'dry-run': Flags.boolean({description: 'print the Dockerfile and build nothing'}),
  };

  async run(): Promise<Build> {
    const {args, flags} = await this.parse(BuildCommand);
    const access = {
      secrets: (flags.secret ?? []).map(text => parseSecret(text, this.world.cwd)),
      cacheFrom: flags['cache-from'] ?? [],
      cacheTo: flags['cache-to'] ?? [],
    };
    const request = {folder: args.dir, from: null, gpus: flags.gpus ?? null, base: flags.base ?? null, access};
    const progress = this.progress();
    const flow = liveFlow(this.world, progress);
    try {
      if (flags['dry-run']) {
        const {tag, dockerfile, decisions} = await planImage(flow, request);
        if (!this.jsonEnabled()) process.stdout.write(dockerfile);
        return {schema: 'gpudock/build/1', image: tag, built: false, decisions};
      }
      const {tag, built, decisions} = await ensureImage(flow, request);
      progress.end();
      if (!this.jsonEnabled()) process.stdout.write(`${tag}\n`);
      if (!built) progress.line('nothing changed: the image is there already');
      return {schema: 'gpudock/build/1', image: tag, built, decisions};
    } finally {
      progress.end();
    }
  }
}
