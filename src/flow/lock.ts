import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Base} from '../dockerfile/base.js';
import {type BuildPlan, planResolution} from '../dockerfile/plan.js';
import {addedPackages, parseCompiled, parseReport} from '../dockerfile/resolved.js';
import {connect, type Engine} from '../engine/connect.js';
import {pinnedDigest, platformOf} from '../engine/images.js';
import {changedInputs, type Lock, lockInputs} from '../environment/lock.js';
import {Failure} from '../failure.js';
import {unlessInterrupted} from '../interrupt.js';
import {lowestDriver} from '../matrix/cuda-release.js';
import {minorOf} from '../matrix/dotted.js';
import {findImage, openMatrix} from '../matrix/matrix.js';
import type {World} from '../world/world.js';
import {firstThatWorks} from './build-image.js';
import {type Choice, chooseBases} from './choose.js';
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
  const {dir, files} = situation.project;
  if (previous !== null && upgrades?.length === 0 && isCurrent(previous, situation))
    return {dir, previous, lock: previous};
  const choices = await basesOf(flow, situation, engine, {previous, upgrades});
  const question = questionOf(situation);
  const pinned = await Promise.all(
    choices.map(async ({base, packages}) => {
      if (packages === 'conda') throw notLocked(files[0]?.path ?? '');
      return {packages, ...(await pinnedBase(engine, base))};
    }),
  );
  const plans = pinned.map(({base, packages}) => planResolution({...question, base, packages}, previous, upgrades));
  const output = await mkdtemp(join(tmpdir(), 'gpudock-lock-'));
  try {
    const {position} = await firstThatWorks(engine, plans, situation, flow, output);
    const [found, plan] = [pinned[position], plans[position]];
    if (found === undefined || plan === undefined) throw new Error('one of the plans worked');
    return {dir, previous, lock: await readResolved(flow.world, {engine, situation, output, found, plan})};
  } finally {
    await rm(output, {recursive: true, force: true});
  }
}

const notLocked = (file: string): Failure =>
  new Failure({
    code: 'conda_not_locked',
    message: `${file} is not locked by gpudock.lock`,
    cause: 'the lock names packages of a Python index and of the distribution, and conda has its own',
    fix: `state versions and builds in ${file} itself: conda env export > ${file}`,
  });

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
    !changedInputs(previous, situation.project).includes('base and framework');
  return stays ? [{base: lockedBase(previous), packages: previous.packages}] : chooseBases(flow, situation, engine);
}

/** The base as a lock has it, by digest. */
export function lockedBase({base}: Lock): Base {
  const {kind, framework, gpu, python} = base;
  const by = ({reference, digest}: Lock['base']['image']): string =>
    digest === null ? reference : `${reference}@${digest}`;
  return {kind, framework, gpu, python, image: by(base.image), builder: by(base.builder), why: 'gpudock.lock pins it'};
}

interface Pinned {
  base: Base;
  images: Pick<Lock['base'], 'image' | 'builder'>;
}

async function pinnedBase(engine: Engine, base: Base): Promise<Pinned> {
  const pin = async (image: string) => {
    const [reference = image, digest] = image.split('@');
    return {reference, digest: digest ?? (await pinnedDigest(engine, reference))};
  };
  const [image, builder] = [await pin(base.image), await pin(base.builder)];
  const by = ({reference, digest}: typeof image): string => (digest === null ? reference : `${reference}@${digest}`);
  return {base: {...base, image: by(image), builder: by(builder)}, images: {image, builder}};
}

interface Resolved {
  engine: Engine;
  situation: Situation;
  /** The folder that the resolution wrote. */
  output: string;
  found: Pinned & Pick<Lock, 'packages'>;
  plan: BuildPlan;
}

async function readResolved(world: World, {engine, situation, output, found}: Resolved): Promise<Lock> {
  const text = async (name: string): Promise<string | null> => {
    const file = await world.read(join(output, name), LIMIT);
    return file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : null;
  };
  const added = async (name: string) =>
    addedPackages((await text(`${name}.before`)) ?? '', (await text(`${name}.after`)) ?? '');
  const [compiled, report] = [await text('python.txt'), await text('report.json')];
  const python = compiled !== null ? parseCompiled(compiled) : report !== null ? parseReport(report) : [];
  const {kind, framework, gpu, python: version} = found.base;
  return {
    schema: 'gpudock/lock/1',
    inputs: lockInputs(situation.project),
    target: situation.target,
    platform: await platformOf(engine),
    base: {kind, ...found.images, framework, gpu, python: version},
    packages: found.packages,
    profile: await profileOf(world, found.images.image.reference, python, situation),
    apt: {builder: await added('builder'), image: await added('image')},
    python,
  };
}

const LIMIT = 64 * 1024 * 1024;

/** From the matrix; where wheels bring CUDA, from the one among them that is its runtime. */
async function profileOf(
  world: World,
  image: string,
  python: Lock['python'],
  {host, gpus}: Situation,
): Promise<Lock['profile']> {
  const wheel = python.find(({name}) => /^nvidia-cuda-runtime(?:-cu\d+)?$/.test(name))?.version ?? null;
  const cuda = minorOf(wheel) ?? findImage(await openMatrix(world), image)?.cuda.at(-1) ?? null;
  const architectures = gpus === 0 ? [] : (host.gpus ?? []).flatMap(({computeCapability}) => computeCapability ?? []);
  const driverFloor = cuda === null ? null : lowestDriver(cuda, {wsl: false});
  return {cuda, driverFloor, architectures: [...new Set(architectures)].sort()};
}
