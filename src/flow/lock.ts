import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Base} from '../dockerfile/base.js';
import {CONDA_CHANNELS} from '../dockerfile/conda-installs.js';
import {MICROMAMBA, planResolution} from '../dockerfile/plan.js';
import {addedPackages, parseCompiled, parseCondaAnswer, parseReport} from '../dockerfile/resolved.js';
import {noImage} from '../engine/build-failures.js';
import {connect, type Engine} from '../engine/connect.js';
import {availability, pinnedDigest, platformOf} from '../engine/images.js';
import {changedInputs, type Lock, lockInputs, pinned} from '../environment/lock.js';
import {Failure} from '../failure.js';
import {unlessInterrupted} from '../interrupt.js';
import {lowestDriver} from '../matrix/cuda-release.js';
import {minorOf} from '../matrix/dotted.js';
import {findImage, openMatrix} from '../matrix/matrix.js';
import type {World} from '../world/world.js';
import {firstThatWorks} from './build-image.js';
import {type Choice, chooseBases, REGISTRY_TIMEOUT} from './choose.js';
import type {Flow} from './flow.js';
import {lockOf} from './lock-file.js';
import {questionOf} from './question.js';
import {readSituation, type Situation, type SituationQuestion} from './situation.js';

/** Packages to take the newest version of; null: of all, and a new base. */
export type Upgrades = readonly string[] | null;

export interface LockOutcome {
  dir: string;
  previous: Lock | null;
  /** The same as `previous` when nothing had to be looked for. */
  lock: Lock;
}

/** Finds out what exactly an image would be made from. Installs and writes nothing. */
export async function resolveLock(flow: Flow, request: SituationQuestion, upgrades: Upgrades): Promise<LockOutcome> {
  const [situation, engine, previous] = await unlessInterrupted(
    'the lock',
    flow.signal,
    Promise.all([readSituation(flow.world, request), connect(flow.world), lockOf(flow.world, request.folder)]),
  );
  const {dir} = situation.project;
  if (previous?.packages === 'conda') flow.note('conda chooses all its packages anew: it keeps no earlier version');
  if (previous !== null && upgrades?.length === 0 && isCurrent(previous, situation))
    return {dir, previous, lock: previous};
  const choices = await basesOf(flow, situation, engine, {previous, upgrades});
  const question = questionOf(situation);
  const found = await Promise.all(choices.map(choice => pinnedChoice(engine, choice)));
  const plans = found.map(choice => planResolution({...question, ...choice}, previous, upgrades));
  const output = await mkdtemp(join(tmpdir(), 'gpudock-lock-'));
  try {
    const {position} = await firstThatWorks(engine, plans, situation, flow, output);
    const choice = found[position];
    if (choice === undefined) throw new Error('one of the plans worked');
    return {dir, previous, lock: await readResolved(flow.world, {engine, situation, output, choice})};
  } finally {
    await rm(output, {recursive: true, force: true});
  }
}

/** Whether a lock is still that of the project's files. */
export const isCurrent = (lock: Lock, {project, target}: Pick<Situation, 'project' | 'target'>): boolean =>
  lock.target === target && changedInputs(lock, project).length === 0;

/** The base of the earlier lock stays until the project, or the person, asks for another one. */
async function basesOf(
  flow: Flow,
  situation: Situation,
  engine: Engine,
  {previous, upgrades}: {previous: Lock | null; upgrades: Upgrades},
): Promise<Choice[]> {
  const stays =
    previous !== null &&
    upgrades !== null &&
    !(previous.base.kind === 'framework' && upgrades.length > 0) &&
    (previous.packages === 'conda') === (situation.project.kind === 'micromamba') &&
    !changedInputs(previous, situation.project).includes('base and framework');
  return stays ? [{base: lockedBase(previous), packages: previous.packages}] : chooseBases(flow, situation, engine);
}

/** The base as a lock has it, by digest. */
export function lockedBase({base}: Lock): Base {
  const {kind, framework, gpu, python} = base;
  const [image, builder] = [pinned(base.image), pinned(base.builder)];
  return {kind, framework, gpu, python, image, builder, why: 'gpudock.lock pins it'};
}

type LockedImage = Lock['base']['image'];

/** A choice whose images are named by digest. */
interface PinnedChoice extends Choice {
  images: Record<'image' | 'builder', LockedImage>;
  /** The image that micromamba's program is taken from. */
  program: LockedImage | null;
  micromamba?: string;
}

async function pinnedChoice(engine: Engine, {base, packages}: Choice): Promise<PinnedChoice> {
  const pin = async (image: string): Promise<LockedImage> => {
    const [reference = image, digest] = image.split('@');
    return {reference, digest: digest ?? (await pinnedDigest(engine, reference))};
  };
  const images = {image: await pin(base.image), builder: await pin(base.builder)};
  const choice = {base: {...base, image: pinned(images.image), builder: pinned(images.builder)}, packages, images};
  if (packages !== 'conda') return {...choice, program: null};
  const answer = await availability(engine, MICROMAMBA, REGISTRY_TIMEOUT);
  if ('detail' in answer) throw noImage(MICROMAMBA, answer.detail);
  const program = await pin(MICROMAMBA);
  return {...choice, program, micromamba: pinned(program)};
}

interface Resolved {
  engine: Engine;
  situation: Situation;
  /** The folder that the resolution wrote. */
  output: string;
  choice: PinnedChoice;
}

async function readResolved(world: World, {engine, situation, output, choice}: Resolved): Promise<Lock> {
  const text = async (name: string): Promise<string | null> => {
    const file = await world.read(join(output, name), LIMIT);
    return file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : null;
  };
  const added = async (name: string) =>
    addedPackages((await text(`${name}.before`)) ?? '', (await text(`${name}.after`)) ?? '');
  const [compiled, report] = [await text('python.txt'), await text('report.json')];
  const python = compiled !== null ? parseCompiled(compiled) : report !== null ? parseReport(report) : [];
  const conda = await text('conda.json');
  const {base, images, program, packages} = choice;
  const linked = conda === null ? [] : parseCondaAnswer(conda, situation.network.condaMirror, CONDA_CHANNELS);
  const bare = linked.find(({sha256}) => sha256 === '');
  if (bare !== undefined) throw notLocked(bare.name);
  const {kind, framework, gpu, python: version} = base;
  return {
    schema: 'gpudock/lock/1',
    inputs: lockInputs(situation.project),
    target: situation.target,
    platform: await platformOf(engine),
    base: {kind, ...images, framework, gpu, python: version},
    packages,
    profile: await profileOf(world, images.image.reference, [...python, ...linked], situation),
    apt: {builder: await added('builder'), image: await added('image')},
    python,
    ...(program === null ? {} : {conda: {micromamba: program, packages: linked}}),
  };
}

const notLocked = (name: string): Failure =>
  new Failure({
    code: 'conda_not_locked',
    message: `${name} cannot be pinned in gpudock.lock`,
    cause: 'its channel states no SHA-256 of it',
    fix: `take it from another channel: conda-forge::${name} in environment.yml`,
  });

const LIMIT = 64 * 1024 * 1024;

/** The wheel, and conda's package, whose version is that of CUDA. */
const CUDA_RUNTIME = /^(?:nvidia-cuda-runtime(?:-cu\d+)?|cuda-version|cudatoolkit)$/;

/** From the matrix; where packages bring CUDA, from the one among them that is its runtime. */
async function profileOf(
  world: World,
  image: string,
  packages: readonly {name: string; version: string | null}[],
  {host, gpus}: Situation,
): Promise<Lock['profile']> {
  const runtime = packages.find(({name}) => CUDA_RUNTIME.test(name))?.version ?? null;
  const cuda = minorOf(runtime) ?? findImage(await openMatrix(world), image)?.cuda.at(-1) ?? null;
  const architectures = gpus === 0 ? [] : (host.gpus ?? []).flatMap(({computeCapability}) => computeCapability ?? []);
  const driverFloor = cuda === null ? null : lowestDriver(cuda, {wsl: false});
  return {cuda, driverFloor, architectures: [...new Set(architectures)].sort()};
}
