import {join} from 'node:path';
import type {Host} from '../contract/host.js';
import type {Templates} from '../dockerfile/question.js';
import type {Target} from '../dockerfile/target.js';
import {type BuildAccess, NO_ACCESS} from '../environment/access.js';
import {APPLICATION_FILES, type Application, findApplication} from '../environment/application.js';
import {type FrameworkWish, wantedFramework} from '../environment/framework.js';
import type {Keep} from '../environment/keep.js';
import {mirrored, type Network, readNetwork} from '../environment/network.js';
import {type Project, readProject} from '../environment/project.js';
import type {Source} from '../environment/source.js';
import {probe} from '../host/probe.js';
import {LAUNCH_SOURCES, SOURCES} from '../host/sources.js';
import {countGpus} from '../launch/gpus.js';
import type {World} from '../world/world.js';
import type {Flow} from './flow.js';
import {readTemplates} from './templates.js';

/** Everything that decisions rest on, read once. */
export interface Situation {
  project: Project;
  host: Host;
  network: Network;
  wish: FrameworkWish | null;
  /** `--gpus`, else gpudock.yaml's word, else `all`. */
  gpusWanted: string;
  /** Whether either of the two said a word. */
  gpusAsked: boolean;
  gpus: number;
  access: BuildAccess;
  templates: Templates;
  target: Target;
  /** The project's files, for a target that holds them; null: it is mounted. */
  source: Source | null;
  application: Application | null;
}

export interface SituationQuestion {
  folder: string;
  /** A capture to read the host from; null: the live machine. */
  from: string | null;
  gpus: string | null;
  base: string | null;
  /** Which version of the framework stays where base and files contradict; null, the default: that is a failure. */
  keep?: Keep | null;
  /** What only a build needs. */
  access?: BuildAccess;
  /** Default: `notebook`. */
  target?: Target;
}

/** How much of the host is looked at: all, or what a launch from a built image rests on. */
export type Extent = 'all' | 'launch';

/** Probes the host and reads the project, side by side. */
export async function readSituation(
  world: World,
  {folder, from, gpus, base, keep = null, access = NO_ACCESS, target = 'notebook'}: SituationQuestion,
  extent: Extent = 'all',
): Promise<Situation> {
  const [stated, host, network] = await Promise.all([
    readProject(world, folder),
    probed(world, {from, gpus}, extent),
    readNetwork(world),
  ]);
  const based = base === null ? stated : {...stated, settings: {...stated.settings, base}};
  const project = keep === null ? based : await settled(world, based, keep);
  const gpusWanted = gpus ?? (project.settings.gpus === undefined ? 'all' : String(project.settings.gpus));
  const inside = target === 'serve' || target === 'job' ? await readInside(world, stated) : NOTHING_INSIDE;
  return {
    project: {...project, notes: [...project.notes, ...inside.notes]},
    host,
    network: mirrored(network, project.settings.mirrors ?? {}),
    wish: wantedFramework(project),
    gpusWanted,
    gpusAsked: gpus !== null || project.settings.gpus !== undefined,
    gpus: countGpus(host, gpusWanted),
    access,
    templates: readTemplates(),
    target,
    source: inside.source,
    application: inside.application,
  };
}

/** The project after one side of a contradiction gave way; as it is where there is none. */
async function settled(world: World, project: Project, keep: Keep): Promise<Project> {
  const [{contradictionOf}, {leftToImage}] = await Promise.all([
    import('./contradiction.js'),
    import('../environment/keep.js'),
  ]);
  const wish = wantedFramework(project);
  if (wish === null || (await contradictionOf(world, project, wish)) === null) return project;
  return keep === 'image'
    ? leftToImage(project, wish.name)
    : {...project, settings: {...project.settings, base: 'auto'}};
}

const NOTHING_INSIDE = {source: null, application: null, notes: []};

/** What an image that holds the project is made from beside its packages. */
async function readInside(
  world: World,
  {dir}: Project,
): Promise<Pick<Situation, 'source' | 'application'> & {notes: string[]}> {
  const {readSource} = await import('./source.js');
  const {source, notes} = await readSource(dir);
  const there = APPLICATION_FILES.filter(path => source.files.some(file => file.path === path && file.kind === 'file'));
  const texts = await Promise.all(
    there.map(async path => {
      const file = await world.read(join(dir, path), APPLICATION_LIMIT);
      return [path, file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : ''] as const;
    }),
  );
  return {source, application: findApplication(new Map(texts)), notes};
}

/** Bytes of a file that are searched for an application. */
const APPLICATION_LIMIT = 256 * 1024;

/** The same for somebody who waits: a GPU that hangs is waited for longer than people wait for nothing. */
export const lookedAt = (
  {world, during}: Pick<Flow, 'world' | 'during'>,
  question: SituationQuestion,
  extent: Extent = 'all',
): Promise<Situation> => during(LOOK, readSituation(world, question, extent));

const LOOK = 'looks at the machine and the project';

/** The same situation with the whole host looked at, for a choice of images. */
export async function completed(
  {world, during}: Pick<Flow, 'world' | 'during'>,
  situation: Situation,
): Promise<Situation> {
  const looking = probed(world, {from: null, gpus: situation.gpusWanted}, 'all');
  return {...situation, host: await during('looks at the whole machine', looking)};
}

/** Milliseconds that GPUs may take to answer who wants them: many of them, or under load, take longer than a look does. */
const PATIENCE = 20_000;

/** The host, from a capture, from the live machine, or from the machine of an engine that is elsewhere. */
export async function probed(
  world: World,
  {from, gpus}: Pick<SituationQuestion, 'from' | 'gpus'>,
  extent: Extent,
): Promise<Host> {
  if (from === null) {
    const host = await probe(world, {
      from: extent === 'launch' ? LAUNCH_SOURCES : SOURCES,
      ...(gpus === 'none' ? {} : {timeLimit: PATIENCE}),
    });
    if (host.engine.remote !== true) return host;
    const {engineHost} = await import('./engine-host.js');
    return engineHost(world, host);
  }
  const {captureWorld} = await import('../host/capture.js');
  return probe(captureWorld(from));
}
