import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Dockerfile} from '../contract/images.js';
import type {BuildPlan} from '../dockerfile/plan.js';
import type {Flow} from '../flow/flow.js';
import {planImage} from '../flow/image.js';
import {requiredLock} from '../flow/lock-file.js';
import type {SituationQuestion} from '../flow/situation.js';
import {imageFlags, targetFlag} from '../image-flags.js';
import {interruptSignal} from '../interrupt.js';

export default class DockerfileCommand extends GpudockCommand {
  static override summary = 'print the Dockerfile that a project would be built from';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ~/thesis > Dockerfile',
  ];
  static override args = {dir: Args.string({description: 'the project folder', default: '.'})};
  static override flags = {
    ...imageFlags,
    ...targetFlag,
    locked: Flags.boolean({description: 'for exactly what gpudock.lock names', exclusive: ['base', 'gpus', 'target']}),
    from: Flags.string({description: 'plan for a recorded machine', helpValue: 'DIR'}),
  };

  async run(): Promise<Dockerfile> {
    const {args, flags} = await this.parse(DockerfileCommand);
    const {gpus = null, base: named = null, keep = null, from = null, target} = flags;
    const request = {folder: args.dir, from, gpus, base: named, keep, target};
    const flow = {world: this.world, signal: interruptSignal(), note: (line: string) => this.say(line)};
    const {tag, base, dockerfile, decisions} = await (flags.locked
      ? this.#locked(flow, request)
      : planImage(flow, request));
    if (!this.jsonEnabled()) process.stdout.write(dockerfile);
    return {schema: 'gpudock/dockerfile/1', image: tag, base: base.image, dockerfile, decisions};
  }

  async #locked(flow: Pick<Flow, 'world'>, request: SituationQuestion): Promise<BuildPlan> {
    const lock = await requiredLock(this.world, request.folder);
    const {planLockedImage} = await import('../flow/locked-image.js');
    return planLockedImage(flow, request, lock);
  }
}
