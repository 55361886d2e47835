import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Dockerfile} from '../contract/images.js';
import {planImage} from '../flow/image.js';
import {imageFlags} from '../image-flags.js';
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
    from: Flags.string({description: 'plan for a recorded machine', helpValue: 'DIR'}),
  };

  async run(): Promise<Dockerfile> {
    const {args, flags} = await this.parse(DockerfileCommand);
    const request = {folder: args.dir, from: flags.from ?? null, gpus: flags.gpus ?? null, base: flags.base ?? null};
    const flow = {world: this.world, signal: interruptSignal(), note: (line: string) => this.say(line)};
    const {tag, base, dockerfile, decisions} = await planImage(flow, request);
    if (!this.jsonEnabled()) process.stdout.write(dockerfile);
    return {schema: 'gpudock/dockerfile/1', image: tag, base: base.image, dockerfile, decisions};
  }
}
