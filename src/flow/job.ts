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
import {remoteEngine} from '../engine/remote.js';
import {type Planned, startPlanned} from '../engine/start.js';
import {unlessInterrupted} from '../interrupt.js';
import type {JobSignals} from '../job-signals.js';
import {type Claims, claimsOf} from '../launch/gpu-units.js';
import {HOME, type LaunchPlan, planLaunch, promisedBy} from '../launch/plan.js';
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
    const output = join(prepared, console);
    followSize(container, console.size);
    const end = await Promise.race([waitForEnd(container), checked(flow, request, plan, container)]);
    await output;
    return {...end, name: plan.name};
  } finally {
    await removeContainer(engine, container.id, true);
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

async function started<T>(
  flow: Flow,
  request: JobRequest,
  beforeStart: (planned: Planned) => Promise<T>,
  size: {h: number; w: number} | null = null,
): Promise<Planned & {engine: Engine; prepared: T}> {
  const {world, signal, note} = flow;
  const [situation, engine] = await unlessInterrupted(
    'the start',
    signal,
    Promise.all([readSituation(world, request, 'launch'), connect(world)]),
  );
  if (!isLocal(engine)) throw remoteEngine(engine);
  const image =
    (await builtImage(engine, situation)) ??
    (await buildImage(engine, await unlessInterrupted('the start', signal, completed(world, situation)), flow));
  const made = await whileChoosing(engine, situation.gpusWanted, signal, async () => {
    const plan = withSize(await planned(flow, request, situation, image, await claims(engine, flow)), size);
    return {plan, container: await createContainer(engine, plan.name, plan.container)};
  });
  const shared = await certificates(flow, situation);
  const prepare = async (each: Planned): Promise<T> => {
    await giveIdentity(each.container, {...each.plan.user, home: HOME, files: each.plan.secrets, shared});
    return beforeStart(each);
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
  const mayRaise = host.engine.rootless === true ? false : await mayRaiseLimits(world);
  return planLaunch({
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
}

/** Many jobs of one project may run, and start at the same moment. */
const ownName = (project: string, purpose: string): string =>
  `gpudock-${project}-${purpose}-${randomBytes(3).toString('hex')}`;
