import {type Base, baseOptions} from '../dockerfile/base.js';
import {mayHave} from '../dockerfile/distribution.js';
import type {PackageSource} from '../dockerfile/question.js';
import type {Engine} from '../engine/connect.js';
import {availability} from '../engine/images.js';
import {Failure} from '../failure.js';
import {openMatrix} from '../matrix/matrix.js';
import {contradictionOf} from './contradiction.js';
import type {Flow} from './flow.js';
import {frameworkImages} from './framework-images.js';
import type {Situation} from './situation.js';

/** How long a registry may take to say whether it has an image. */
export const REGISTRY_TIMEOUT = 8_000;

/** A base, and where packages come from on it. */
export interface Choice {
  base: Base;
  packages: PackageSource;
}

/**
 * What to try, best first. The first base that the engine can get is taken; a registry that does not answer leads to the
 * bootstrap base, with a line that says so. Without an engine the first option stands, unasked.
 */
export async function chooseBases(
  {world, note}: Pick<Flow, 'world' | 'note'>,
  situation: Situation,
  engine: Engine | null,
): Promise<Choice[]> {
  const {project, wish, gpus, host} = situation;
  const contradicted = await contradictionOf(world, project, wish);
  if (contradicted !== null) throw contradicted;
  const matrix = await openMatrix(world);
  const options = baseOptions({project, wish, gpus, frameworkImages: frameworkImages(matrix, host, wish, gpus)});
  const base = engine === null ? options[0] : await firstAvailable(engine, options, note);
  if (base === undefined) throw new Error('there is always a base');
  const fallback = options.find(({kind}) => kind === 'bootstrap');
  return sources(situation, base, fallback);
}

async function firstAvailable(engine: Engine, options: readonly Base[], note: (line: string) => void): Promise<Base> {
  const refusals: string[] = [];
  for (const base of options) {
    if (base.kind === 'bootstrap') {
      if (options.length > 1)
        note(`${refusals.at(-1) ?? 'no image fits'}: the base is built from the distribution's own packages`);
      return base;
    }
    const answer = await availability(engine, base.image, REGISTRY_TIMEOUT);
    if (!('detail' in answer)) return withBuilder(engine, base, note);
    const words = {
      missing: 'does not exist',
      refused: 'is refused by its registry',
      unreachable: 'cannot be had: its registry does not answer',
    };
    refusals.push(`${base.image} ${words[answer.status]} (${answer.detail})`);
    // A registry that is silent for one image is silent for the next: do not wait again.
    const last = options.at(-1);
    if (answer.status === 'unreachable' && last?.kind === 'bootstrap') {
      note(`${refusals.at(-1)}: the base is built from the distribution's own packages`);
      return last;
    }
  }
  throw new Failure({
    code: 'base_unavailable',
    message: 'no base image can be had',
    cause: refusals.join('; '),
    fix: 'name another image as base: in gpudock.yaml, or base: bootstrap to build one from Debian packages',
  });
}

/** Without its development variant an image compiles for itself, as far as the distribution's compilers go. */
async function withBuilder(engine: Engine, base: Base, note: (line: string) => void): Promise<Base> {
  if (base.builder === base.image) return base;
  const answer = await availability(engine, base.builder, REGISTRY_TIMEOUT);
  if (!('detail' in answer)) return base;
  note(`${base.builder} cannot be had (${answer.detail}): extensions are compiled without CUDA's own compiler`);
  return {...base, builder: base.image};
}

/** Where packages come from, in the order to try: the index, then, when no index answers, the distribution. */
function sources({project, wish, gpus}: Situation, base: Base, fallback: Base | undefined): Choice[] {
  if (project.kind === 'micromamba') return [{base, packages: 'conda'}];
  // The distribution's frameworks are builds for the CPU.
  const needsGpuBuild = wish !== null && gpus > 0;
  const cpuTorch = wish?.name === 'pytorch' && gpus === 0 && (base.kind === 'python' || base.kind === 'bootstrap');
  return [
    ...(cpuTorch ? [{base, packages: 'index-cpu' as const}] : []),
    {base, packages: 'index'},
    ...(fallback === undefined || needsGpuBuild || !mayHave(project)
      ? []
      : [{base: fallback, packages: 'distribution' as const}]),
  ];
}
