import {satisfies} from '@renovatebot/pep440';
import type {FrameworkName, FrameworkWish} from '../environment/framework.js';
import type {Project} from '../environment/project.js';
import {Failure} from '../failure.js';

/**
 * What an image is built from.
 * `framework`: the framework is inside, packages go on top · `python`: plain Python, wheels bring the framework ·
 * `cuda`: NVIDIA's toolkit, the distribution's Python, wheels for that CUDA · `bootstrap`: a Debian made from the
 * distribution's own packages · `custom`: the user's own image.
 */
export interface Base {
  kind: 'framework' | 'python' | 'cuda' | 'bootstrap' | 'custom';
  /** Reference of the image that runs. */
  image: string;
  /** Reference of the image that compiles; the same one when there is no development variant. */
  builder: string;
  framework: FrameworkName | null;
  /** Whether the image is meant to use a GPU. */
  gpu: boolean;
  /** `3.12`; null when the image does not say. */
  python: string | null;
  why: string;
}

/** A framework image that the verdict found to run here. */
export interface FrameworkImage {
  image: string;
  builder: string | null;
  python: string | null;
  gpu: boolean;
  why: string;
}

export interface BaseQuestion {
  project: Project;
  wish: FrameworkWish | null;
  /** GPUs that the container will get. */
  gpus: number;
  /** Images that run here, best first. */
  frameworkImages: readonly FrameworkImage[];
}

/** Pythons with an official slim image and wheels of all three frameworks; the preferred one first. */
export const PYTHONS = ['3.12', '3.13', '3.11', '3.10'] as const;

/** Python of each Debian release that a bootstrap base can be made of (packages.debian.org, `python3`). */
export const SUITES: readonly {suite: string; python: string}[] = [
  {suite: 'trixie', python: '3.13'},
  {suite: 'bookworm', python: '3.11'},
];

/** The bases to try, best first. The last one needs no registry. Throws when gpudock.yaml asks for the impossible. */
export function baseOptions(question: BaseQuestion): Base[] {
  const {base = 'auto'} = question.project.settings;
  if (base === 'bootstrap') return [bootstrapBase(question, 'gpudock.yaml asks for it')];
  if (base !== 'auto') return [customBase(question, base)];
  if (question.project.kind === 'micromamba') return [condaBase(question)];
  const bases = [...frameworkBases(question), ...plainBases(question), ...bootstrapBases(question)];
  if (bases.length === 0) throw noPython(question.project.python, PYTHONS);
  return bases;
}

function frameworkBases({wish, frameworkImages, project}: BaseQuestion): Base[] {
  if (wish === null) return [];
  return frameworkImages
    .filter(image => image.python === null || fitsPython(project.python, image.python))
    .map(({image, builder, python, gpu, why}) => ({
      kind: 'framework',
      image,
      builder: builder ?? image,
      framework: wish.name,
      gpu,
      python,
      why,
    }));
}

function plainBases({project, wish, gpus}: BaseQuestion): Base[] {
  const python = PYTHONS.find(version => fitsPython(project.python, version));
  if (python === undefined) return [];
  const image = `python:${python}-slim`;
  const content = wish === null ? 'the project names no framework' : `wheels bring ${wish.name}`;
  const which =
    project.python === null
      ? `Python ${python} has wheels of most packages`
      : `Python ${python} fits ${project.python}`;
  const why = `${content}; ${which}`;
  return [{kind: 'python', image, builder: image, framework: wish?.name ?? null, gpu: gpus > 0, python, why}];
}

/** conda brings Python and the framework with all that it needs: from the base it takes the C library alone. */
function condaBase({wish, gpus}: BaseQuestion): Base {
  const image = `python:${PYTHONS[0]}-slim`;
  const why = `conda brings ${wish?.name ?? 'what the project names'}, and Python`;
  return {kind: 'python', image, builder: image, framework: wish?.name ?? null, gpu: gpus > 0, python: null, why};
}

const bootstrapBases = (question: BaseQuestion): Base[] =>
  suiteFor(question.project.python) === undefined ? [] : [bootstrapBase(question, 'no registry answered')];

const suiteFor = (wanted: string | null): (typeof SUITES)[number] | undefined =>
  SUITES.find(({python}) => fitsPython(wanted, python));

function bootstrapBase({project, wish, gpus}: BaseQuestion, why: string): Base {
  const suite = suiteFor(project.python);
  if (suite === undefined)
    throw noPython(
      project.python,
      SUITES.map(({python}) => python),
    );
  const image = `gpudock/bootstrap:${suite.suite}`;
  return {
    kind: 'bootstrap',
    image,
    builder: image,
    framework: wish?.name ?? null,
    gpu: gpus > 0,
    python: suite.python,
    why: `${why}: Debian ${suite.suite} from the distribution's own packages`,
  };
}

function customBase({wish, gpus}: BaseQuestion, image: string): Base {
  const cuda = CUDA_IMAGE.test(image);
  return {
    kind: cuda ? 'cuda' : 'custom',
    image,
    // What compiles extensions is in the -devel images alone (hub.docker.com/r/nvidia/cuda, "Overview of Images").
    builder: cuda ? image.replace(/-(?:base|runtime)(?=-)/, '-devel') : image,
    framework: wish?.name ?? null,
    gpu: gpus > 0,
    python: null,
    why: cuda ? "gpudock.yaml names it: the distribution's Python, and wheels for this CUDA" : 'gpudock.yaml names it',
  };
}

/** NVIDIA's images of the toolkit, which hold no Python. */
const CUDA_IMAGE = /^(?:docker\.io\/|nvcr\.io\/)?nvidia\/cuda:/;

/** `3.11` asks for that minor version; anything else is a PEP 440 specifier held against `VERSION.999`, its newest patch. */
function fitsPython(wanted: string | null, version: string): boolean {
  if (wanted === null) return true;
  const specifier = /^\d+(\.\d+)*$/.test(wanted) ? `==${wanted.split('.').slice(0, 2).join('.')}.*` : wanted;
  return satisfies(`${version}.999`, specifier) || satisfies(`${version}.0`, specifier);
}

const noPython = (wanted: string | null, offered: readonly string[]): Failure =>
  new Failure({
    code: 'python_unavailable',
    message: `no base image has Python ${wanted}`,
    cause: `bases here have Python ${offered.join(', ')}`,
    fix: 'name an image with that Python as base: in gpudock.yaml, or widen the range',
  });
