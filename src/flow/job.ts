import {randomBytes} from 'node:crypto';
import type {Container} from 'dockerode';
import {connect, type Engine, isLocal} from '../engine/connect.js';
import {createContainer, listContainers, refused, removeContainer, startProblem} from '../engine/containers.js';
import {whileChoosing} from '../engine/gpu-lock.js';
import {giveIdentity} from '../engine/identity.js';
import {checkInside, type GpuCheck} from '../engine/inside.js';
import {attach, type Console, followSize, type JobEnd, join, waitForEnd} from '../engine/job.js';
import {mayRaiseLimits} from '../engine/limits.js';
import {remoteEngine} from '../engine/remote.js';
import {interrupted, unlessInterrupted} from '../interrupt.js';
import type {JobSignals} from '../job-signals.js';
import {type Claims, claimsOf} from '../launch/gpu-units.js';
import {CERTIFICATES, HOME, type LaunchPlan, planLaunch, promisedBy} from '../launch/plan.js';
import type {AskedResources} from '../launch/resources.js';
import type {Work} from '../launch/work.js';
import {caller} from './caller.js';
import {buildImage, builtImage, type Flow, plannedImage, type ReadyImage} from './image.js';
import {completed, readSituation, type Situation, type SituationQuestion} from './situation.js';

export interface JobRequest extends SituationQuestion {
  work: Work;
  resources: AskedResources;
  /** Free memory that each GPU must have; null: any will do. */
  gpuMemoryMiB: number | null;
  gpuCheck: GpuCheck;
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
  const {engine, planned, container} = await created(flow, request, console.size?.now() ?? null);
  try {
    const stream = await attach(container, console.stdin !== null);
    if (flow.signal.aborted) throw interrupted('the job');
    const output = join(stream, console);
    signals.passTo(name => void container.kill({signal: name}).catch(() => {}));
    await started(container);
    followSize(container, console.size);
    const end = await Promise.race([waitForEnd(container), checked(flow, request, planned, container)]);
    await output;
    return {...end, name: planned.name};
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
  const {engine, planned, container} = await created(flow, request);
  try {
    if (flow.signal.aborted) throw interrupted('the job');
    await started(container);
    await checkInside(container, promisedBy(planned), request.gpuCheck, flow.note);
    return {name: planned.name, id: container.id};
  } catch (error) {
    await removeContainer(engine, container.id, true);
    throw error;
  }
}

async function created(
  flow: Flow,
  request: JobRequest,
  size: {h: number; w: number} | null = null,
): Promise<{engine: Engine; planned: LaunchPlan; container: Container}> {
  const {world, signal} = flow;
  const [situation, engine] = await unlessInterrupted(
    'the start',
    signal,
    Promise.all([readSituation(world, request, 'launch'), connect(world)]),
  );
  if (!isLocal(engine)) throw remoteEngine(engine);
  const image =
    (await builtImage(engine, situation)) ??
    (await buildImage(engine, await unlessInterrupted('the start', signal, completed(world, situation)), flow));
  const launch = await whileChoosing(engine, situation.gpusWanted, signal, async () => {
    const plan = await planned(flow, request, situation, image, await claims(engine, flow));
    // A terminal that gets its size after the start has none for the program's first look at it.
    const HostConfig = {...plan.container.HostConfig, ...(size === null ? {} : {ConsoleSize: [size.h, size.w]})};
    return {plan, container: await createContainer(engine, plan.name, {...plan.container, HostConfig})};
  });
  const {plan, container} = launch;
  try {
    await giveIdentity(container, {
      ...plan.user,
      home: HOME,
      files: [],
      shared: await certificates(flow, situation),
    });
    return {engine, planned: plan, container};
  } catch (error) {
    await removeContainer(engine, container.id, true);
    throw error;
  }
}

/** The machine's extra certificates, as a file of the container. */
export async function certificates(
  {world}: Pick<Flow, 'world'>,
  {network}: Pick<Situation, 'network'>,
): Promise<{path: string; content: Uint8Array}[]> {
  if (!network.extraCertificates || network.certificates === null) return [];
  const bundle = await world.read(network.certificates);
  return bundle.status === 'ok' ? [{path: CERTIFICATES, content: bundle.value}] : [];
}

async function started(container: Container): Promise<void> {
  try {
    await container.start();
  } catch (error) {
    const what =
      startProblem(error) === 'limit-not-permitted'
        ? 'the engine may not raise a limit of the container'
        : 'the job could not be started';
    throw await refused(what, error);
  }
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
    resources: request.resources,
    gpuNeeds: {claims, memoryMiB: request.gpuMemoryMiB},
  });
}

/** Many jobs of one project may run, and start at the same moment. */
const ownName = (project: string, purpose: string): string =>
  `gpudock-${project}-${purpose}-${randomBytes(3).toString('hex')}`;
