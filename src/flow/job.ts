import {randomBytes} from 'node:crypto';
import type {Duplex} from 'node:stream';
import type {Container} from 'dockerode';
import {connect, type Engine, isLocal} from '../engine/connect.js';
import {createContainer, listContainers, removeContainer} from '../engine/containers.js';
import {whileChoosing} from '../engine/gpu-lock.js';
import {giveIdentity} from '../engine/identity.js';
import {checkInside} from '../engine/inside.js';
import {attach, type Console, followSize, type JobEnd, join, waitForEnd} from '../engine/job.js';
import {mayRaiseLimits} from '../engine/limits.js';
import {copyProject} from '../engine/project-copy.js';
import {remoteEngine} from '../engine/remote.js';
import {removeVolume} from '../engine/remove-volume.js';
import {type Planned, startPlanned} from '../engine/start.js';
import {unlessInterrupted} from '../interrupt.js';
import type {JobSignals} from '../job-signals.js';
import {type Claims, claimsOf} from '../launch/gpu-units.js';
import {HOME, type LaunchPlan, planLaunch, promisedBy} from '../launch/plan.js';
import {syncVolume, withCopiedProject} from '../launch/sync.js';
import type {LaunchWishes} from '../launch/wishes.js';
import type {Work} from '../launch/work.js';
import {caller} from './caller.js';
import {certificates} from './certificates.js';
import {withProjectData} from './data.js';
import {buildImage, builtImage, type Flow, plannedImage, type ReadyImage} from './image.js';
import {completed, readSituation, type Situation, type SituationQuestion} from './situation.js';

export interface JobRequest extends SituationQuestion, LaunchWishes {
  work: Work;
  name: string | null;
  /** The project is copied into a volume, and what has changed back: for an engine that cannot mount the folder. */
  sync: boolean;
}

/** The plan alone: nothing is built, pulled or started. Works without an engine. */
export async function planJob(flow: Flow, request: JobRequest): Promise<LaunchPlan> {
  const {situation, engine, image} = await plannedImage(flow, request);
  const held = engine === null ? new Map<string, number>() : await claims(engine, flow);
  return planned(flow, request, situation, image, held);
}

/** Builds the image if need be, runs the command joined to the console, and removes the container. */
export async function runJob(
  flow: Flow,
  request: JobRequest,
  {console, signals}: {console: Console; signals: JobSignals},
): Promise<JobEnd & {name: string}> {
  const attached = async ({container}: Planned): Promise<Duplex> => {
    const stream = await attach(container, console.stdin !== null);
    signals.passTo(name => void container.kill({signal: name}).catch(() => {}));
    return stream;
  };
  const {engine, plan, container, prepared} = await started(flow, request, attached, console.size?.now() ?? null);
  try {
    // What it printed meanwhile waits in the stream.
    const output = join(prepared.before, console);
    followSize(container, console.size);
    const end = await Promise.race([waitForEnd(container, output), checked(flow, request, plan, container)]);
    await output;
    await prepared.back?.();
    return {...end, name: plan.name};
  } finally {
    await removeContainer(engine, container.id, true);
    if (request.sync) await removeVolume(engine, syncVolume(plan.name));
  }
}

/** Never ends well: it is for the race with the job's own end. */
async function checked(flow: Flow, {gpuCheck}: JobRequest, plan: LaunchPlan, container: Container): Promise<never> {
  await checkInside(container, promisedBy(plan), gpuCheck, flow.note);
  return new Promise<never>(() => {});
}

/** Starts the command and leaves it to itself. */
export async function detachJob(flow: Flow, request: JobRequest): Promise<{name: string; id: string}> {
  const {engine, plan, container} = await started(flow, request, async () => {});
  try {
    await checkInside(container, promisedBy(plan), request.gpuCheck, flow.note);
    return {name: plan.name, id: container.id};
  } catch (error) {
    await removeContainer(engine, container.id, true);
    throw error;
  }
}

/** What was done to a container before it started. */
interface Before<T> {
  before: T;
  /** Brings back what has changed in the project; null: it was mounted. */
  back: (() => Promise<void>) | null;
}

async function started<T>(
  flow: Flow,
  request: JobRequest,
  beforeStart: (planned: Planned) => Promise<T>,
  size: {h: number; w: number} | null = null,
): Promise<Planned & {engine: Engine; prepared: Before<T>}> {
  const {world, signal, note} = flow;
  const [situation, engine] = await unlessInterrupted(
    'the start',
    signal,
    Promise.all([readSituation(world, request, 'launch'), connect(world)]),
  );
  if (!isLocal(engine) && !request.sync) throw remoteEngine(engine);
  const image =
    (await builtImage(engine, situation)) ??
    (await buildImage(engine, await unlessInterrupted('the start', signal, completed(world, situation)), flow));
  const made = await whileChoosing(engine, situation.gpusWanted, signal, async () => {
    const plan = withSize(await planned(flow, request, situation, image, await claims(engine, flow)), size);
    if (!isLocal(engine) && plan.container.HostConfig.Binds.length > 0) throw remoteEngine(engine);
    return {plan, container: await createContainer(engine, plan.name, plan.container)};
  });
  const shared = await certificates(flow, situation);
  const prepare = async (each: Planned): Promise<Before<T>> => {
    await giveIdentity(each.container, {...each.plan.user, home: HOME, files: each.plan.secrets, shared});
    const back = request.sync ? await copyProject(each.container, situation.project.dir, each.plan.user) : null;
    return {before: await beforeStart(each), back};
  };
  return {engine, ...(await startPlanned(engine, made, {prepare, signal, note}))};
}

/** A terminal that gets its size after the start has none for the program's first look at it. */
function withSize(plan: LaunchPlan, size: {h: number; w: number} | null): LaunchPlan {
  if (size === null) return plan;
  const HostConfig = {...plan.container.HostConfig, ConsoleSize: [size.h, size.w]};
  return {...plan, container: {...plan.container, HostConfig}};
}

/** Which GPUs are held now. */
const claims = async (engine: Engine, {world}: Flow): Promise<Claims> =>
  claimsOf(await listContainers(engine), world.now());

async function planned(
  {world}: Flow,
  request: JobRequest,
  {project, host, network, gpusWanted}: Situation,
  image: ReadyImage,
  claims: Claims,
): Promise<LaunchPlan> {
  // What is seen of a daemon here says nothing of one elsewhere: there it is tried.
  const mayRaise =
    host.engine.remote === true ? null : host.engine.rootless === true ? false : await mayRaiseLimits(world);
  const plan = planLaunch({
    project,
    image: image.tag,
    host,
    caller: caller(world.env, project),
    gpus: gpusWanted,
    port: 0,
    portFixed: false,
    name: request.name ?? ownName(project.name, request.work.purpose),
    certificates: network.extraCertificates,
    mayRaiseLimits: mayRaise,
    dockerfile: image.dockerfile,
    decisions: image.decisions,
    work: request.work,
    wishes: await withProjectData(world, project, request),
    claims,
  });
  return request.sync ? withCopiedProject(plan, project.dir) : plan;
}

/** Many jobs of one project may run, and start at the same moment. */
const ownName = (project: string, purpose: string): string =>
  `gpudock-${project}-${purpose}-${randomBytes(3).toString('hex')}`;
