import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {askedHost, hostFlags} from '../asked-host.js';
import {GpudockCommand} from '../command.js';
import type {Match} from '../contract/verdict.js';
import {EXIT} from '../failure.js';
import {imagesOf, openMatrix} from '../matrix/matrix.js';
import {renderMatch} from '../ui/match.js';
import {match} from '../verdict/match.js';
import {isWished, mayHold, newestOf, type Specification} from '../verdict/wish.js';

export default class MatchCommand extends GpudockCommand {
  static override summary = 'list the images that run here, and what would unlock newer ones';
  static override description = 'Exit code: 0 something runs, 3 nothing does.';
  static override strict = false;
  static override examples = [
    '<%= config.bin %> <%= command.id %> "pytorch>=2.1,<2.6"',
    '<%= config.bin %> <%= command.id %> tensorflow --for-driver 470.256.02 --for-gpu "Tesla K80"',
  ];
  static override args = {
    spec: Args.string({description: 'framework and versions as pip writes them; several may be given'}),
  };
  static override flags = {
    ...hostFlags,
    publisher: Flags.option({
      options: ['official', 'ngc', 'community'] as const,
      description: "whose images: the framework's own, NVIDIA's, or others'",
    })(),
    variant: Flags.string({description: 'for example runtime or devel'}),
    python: Flags.string({description: 'Python version inside', helpValue: '3.11'}),
    limit: Flags.integer({description: 'images of each framework at most', default: 10, min: 1}),
    project: Flags.string({description: 'a folder whose files say what is needed', helpValue: 'DIR'}),
    with: Flags.option({options: ['jupyter'] as const, description: 'what the image must bring'})(),
  };

  async run(): Promise<Match> {
    const {argv, flags} = await this.parse(MatchCommand);
    const texts = [...argv.map(String), ...(flags.project === undefined ? [] : await this.wishesOf(flags.project))];
    const wish = {
      specs: await specificationsOf(texts),
      publisher: flags.publisher ?? null,
      variant: flags.variant ?? null,
      python: flags.python ?? null,
      jupyter: flags.with === 'jupyter',
    };
    const matrix = await openMatrix(this.world);
    // The machine answers while the images are read.
    const asked = askedHost(flags, this.world);
    const images = imagesOf(matrix, repository => mayHold(repository, wish)).filter(image => isWished(image, wish));
    const {host, question} = await asked;
    const {candidates, unlock} = match(host, images, question, flags.limit);
    const document: Match = {
      schema: 'gpudock/match/1',
      matrix: {date: matrix.date},
      request: {specs: texts},
      candidates,
      unlock,
      wheels: null,
    };
    if (!candidates.some(({verdict}) => verdict === 'runs')) {
      process.exitCode = EXIT.incompatible;
      if (wish.specs.length > 0) {
        const [{wheelsFor}, {insteadOf}] = await Promise.all([
          import('../verdict/wheels.js'),
          import('../verdict/instead.js'),
        ]);
        const held = imagesOf(matrix, repository => mayHold(repository, wish));
        document.wheels = wheelsFor(host, wish.specs, question);
        document.instead = insteadOf(host, held, wish, question);
        if (images.length === 0) document.newest = newestOf(held, wish.specs);
      }
    }
    if (!this.jsonEnabled()) this.print(renderMatch(document, this.look.columns));
    return document;
  }

  private async wishesOf(folder: string): Promise<string[]> {
    const {projectSpecs} = await import('../flow/project-specs.js');
    return projectSpecs(this.world, folder);
  }
}

/** Ranges of versions take a library, which is loaded where something is asked for. */
async function specificationsOf(texts: readonly string[]): Promise<Specification[]> {
  if (texts.length === 0) return [];
  const {parseSpecification} = await import('../verdict/specification.js');
  return texts.map(parseSpecification);
}
