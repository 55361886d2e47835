import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {askedHost, hostFlags, isThisMachine} from '../asked-host.js';
import {GpudockCommand} from '../command.js';
import type {Check, Verdict} from '../contract/verdict.js';
import {engineAskedOnce} from '../engine/asked-once.js';
import {EXIT, Failure} from '../failure.js';
import {describeImages} from '../flow/describe-images.js';
import {interrupted, interruptSignal} from '../interrupt.js';
import {openMatrix} from '../matrix/matrix.js';
import {parseReference} from '../matrix/reference.js';
import {renderVerdict} from '../ui/verdict.js';
import {judge} from '../verdict/judge.js';
import {cpuOf, OF_NODE} from '../verdict/situation.js';

export default class CheckCommand extends GpudockCommand {
  static override summary = 'say whether images will run here, before anything is downloaded';
  static override description =
    'Exit code: 0 all run, 3 one does not, 4 one cannot be told and none is known not to run.';
  static override strict = false;
  static override examples = [
    '<%= config.bin %> <%= command.id %> pytorch/pytorch:2.4.1-cuda12.4-cudnn9-runtime',
    '<%= config.bin %> <%= command.id %> nvcr.io/nvidia/pytorch:24.05-py3 --for-driver 535.104.05 --for-gpu "RTX 4090"',
  ];
  static override args = {image: Args.string({required: true, description: 'image reference; several may be given'})};
  static override flags = {
    ...hostFlags,
    offline: Flags.boolean({description: 'ask only the matrix, the engine and what registries said before'}),
  };

  async run(): Promise<Check> {
    const {argv, flags} = await this.parse(CheckCommand);
    const references = argv.map(String);
    references.forEach(mustBeReference);
    const world = engineAskedOnce(this.world);
    const signal = interruptSignal();
    // The machine is looked at while the images are read.
    const asking = askedHost(flags, world);
    const opening = openMatrix(world);
    const reading = opening.then(matrix =>
      describeImages(world, references, {
        matrix,
        architecture: () => asking.then(({host}) => OF_NODE[cpuOf(host) ?? 'x64'] ?? 'amd64'),
        online: !flags.offline,
        engine: isThisMachine(flags),
        signal,
      }),
    );
    const all = Promise.all([asking, opening, reading]);
    const [{host, question}, matrix, images] = await this.during('reads the images', all);
    if (signal.aborted) throw interrupted('the check');
    const verdicts = images.map(image => judge(host, image, question));
    process.exitCode = exitOf(verdicts);
    if (!this.jsonEnabled()) this.print(verdicts.map(verdict => renderVerdict(verdict, this.look.columns)).join('\n'));
    return {schema: 'gpudock/check/1', matrix: {date: matrix.date}, verdicts};
  }
}

function mustBeReference(text: string): void {
  if (parseReference(text)) return;
  throw new Failure({
    code: 'image_reference_invalid',
    message: `"${text.slice(0, 80).replace(/\s/g, ' ')}" is no image reference`,
    fix: 'write it as docker does: pytorch/pytorch:2.4.1-cuda12.4-cudnn9-runtime',
    exit: EXIT.usage,
  });
}

function exitOf(verdicts: readonly Verdict[]): number {
  if (verdicts.some(({verdict}) => verdict === 'fails')) return EXIT.incompatible;
  return verdicts.some(({verdict}) => verdict === 'unknown') ? EXIT.cannotTell : EXIT.done;
}
