import {join, resolve} from 'node:path';
import type {Host} from '../contract/host.js';
import {type Project, readProject} from '../environment/project.js';
import {isFailure} from '../failure.js';
import {withProjectData} from '../flow/data.js';
import {imagesOf, openMatrix} from '../matrix/matrix.js';
import {match} from '../verdict/match.js';
import {parseSpecification} from '../verdict/specification.js';
import {isWished, mayHold} from '../verdict/wish.js';
import type {World} from '../world/world.js';
import type {Known} from './question.js';
import {knownPart} from './settings-file.js';

const FILE = 'gpudock.yaml';
/** Images of a framework that are offered: more do not fit a screen. */
const OFFERED = 5;

/** A project with the gpudock.yaml it has, whose unknown keys do not stand in the way. */
export interface Start {
  project: Project;
  file: string;
  /** null: there is none yet. */
  text: string | null;
  unknown: string[];
}

export async function readStart(world: World, folder: string): Promise<Start> {
  const file = join(resolve(world.cwd, folder), FILE);
  const there = await world.read(file);
  const text = there.status === 'ok' ? Buffer.from(there.value).toString('utf8') : null;
  const {text: known, unknown} = text === null ? {text: '', unknown: []} : knownPart(text);
  // What variables and the user's own file say is not the project's to keep.
  const alone = {...world, env: {}};
  const project = await readProject(text === null ? alone : withFile(alone, file, known), folder);
  return {project, file, text, unknown};
}

/** The same world in which `file` reads as `text`: a plan can be made of what is not written yet. */
export const withFile = (world: World, file: string, text: string): World => ({
  ...world,
  read: async (path, limit) =>
    path === file ? {status: 'ok', value: Buffer.from(text)} : await world.read(path, limit),
});

export const knownOf = (world: World, project: Project, host: Promise<Host>): Known => ({
  project,
  host,
  dataProblem: async paths => {
    try {
      await withProjectData(world, {dir: project.dir, settings: {data: [...paths]}}, {binds: []});
      return null;
    } catch (error) {
      if (!isFailure(error)) throw error;
      return `${error.message}: ${error.reason}`;
    }
  },
  images: async framework => {
    const machine = await host;
    const gpu = machine.gpus?.length !== 0;
    const requirement = project.requirements.find(({name}) => name === CORE[framework]);
    const spec = parseSpecification(`${framework}${requirement?.specifier ?? ''}`);
    const wish = {specs: [spec], publisher: null, variant: null, python: null, jupyter: false};
    // What an image has does not stand for a named build of it: pip would take that one from its own index.
    const images = imagesOf(await openMatrix(world), repository => mayHold(repository, wish)).filter(
      image => spec.build === undefined && isWished(image, wish) && image.variant !== 'devel' && image.gpu === gpu,
    );
    return match(machine, images, {synthetic: false, gpus: gpu ? 'all' : 'none'}, OFFERED);
  },
});

/** The package whose version is the framework's. */
const CORE: Readonly<Record<string, string>> = {pytorch: 'torch', tensorflow: 'tensorflow', jax: 'jax'};
