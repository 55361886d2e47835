import {randomBytes} from 'node:crypto';
import type {Duplex} from 'node:stream';
import type {Container} from 'dockerode';
import {connect, type Engine, isLocal} from '../engine/connect.js';
import {createContainer, listContainers, removeContainer} from '../engine/containers.js';
import {whyJobFailed} from '../engine/ended.js';
import {whileChoosing} from '../engine/gpu-lock.js';
import {giveIdentity} from '../engine/identity.js';
import {checkInside} from '../engine/inside.js';
import {attach, type Console, followSize, type JobEnd, join, waitForEnd} from '../engine/job.js';
import {DATA_THERE, remoteEngine, SYNC_PROJECT} from '../engine/remote.js';
import {type Planned, startPlanned} from '../engine/start.js';
import {thisMachine} from '../engine/this-machine.js';
import {unlessInterrupted} from '../interrupt.js';
import type {JobSignals} from '../job-signals.js';
import {LABEL} from '../labels.js';
import {type Claims, claimsOf} from '../launch/gpu-units.js';
import {HOME, type LaunchPlan, planLaunch, promisedBy} from '../launch/plan.js';
import {withCopiedProject} from '../launch/sync.js';
import type {LaunchWishes} from '../launch/wishes.js';
import type {Work} from '../launch/work.js';
import type {ReadyImage} from './build-image.js';
import {caller} from './caller.js';
import {certificates} from './certificates.js';
import {bringProjectBack} from './copied-project.js';
import {cpuInstead} from './cpu.js';
import {withProjectData} from './data.js';
import type {Flow} from './flow.js';
import {buildImage, builtImage, plannedImage} from './image.js';
import {completed, lookedAt, type Situation, type SituationQuestion} from './situation.js';
import {mayRaiseThere, seenThere} from './there.js';

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
  const made = await started(flow, request, attached, console.size?.now() ?? null);
  const {engine, plan, container} = made;
  const end = await ended(flow, request, made, console);
  // Who sits in a shell has seen what failed in it.
  if (request.work.purpose === 'job') await explained(flow, made, end);
  const {[LABEL.project]: project = '', [LABEL.copiedFrom]: copiedFrom = null} = plan.container.Labels;
  // One whose changes could not be brought back stays, with them in it.
  await bringProjectBack(engine, {id: container.id, name: plan.name, project, copiedFrom}, flow.note);
  await removeContainer(engine, container.id, true);
  return {...end, name: plan.name};
}

/** Names the known failure that a job's output ends with. */
async function explained(
  {note}: Flow,
  {engine, container, plan}: Planned & {engine: Engine},
  end: JobEnd,
): Promise<void> {
  const known = await whyJobFailed(engine, container.id, {...end, tty: plan.container.Tty === true});
  if (known === null) return;
  note(`Why:   ${known.cause}`);
  note(`Fix:   ${known.fix}`);
}

/** Waits for the end of the command and of its output. Where that fails, no container is left. */
async function ended(
  flow: Flow,
  request: JobRequest,
  {engine, plan, container, prepared}: Planned & {engine: Engine; prepared: Duplex},
  console: Console,
): Promise<JobEnd> {
  try {
    // What it printed meanwhile waits in the stream.
    const output = join(prepared, console);
    followSize(container, console.size);
    const end = await Promise.race([waitForEnd(container, output), checked(flow, request, plan, container)]);
    await output;
    return end;
  } catch (error) {
    await removeContainer(engine, container.id, true);
    throw error;
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
  const connecting = connect(world).then(engine => {
    if (isLocal(engine) || request.sync) return engine;
    throw remoteEngine(engine, SYNC_PROJECT);
  });
  const [situation, engine] = await unlessInterrupted(
    'the start',
    signal,
    Promise.all([
      lookedAt(flow, request, 'launch').then(situation => seenThere(flow, request, situation, connecting)),
      connecting,
    ]),
  );
  // One that asked for nothing gets what there is; one that asked must not take the CPU for a GPU.
  const cpu = cpuInstead(situation);
  if (cpu !== null && situation.gpusAsked) note(cpu);
  const image =
    (await builtImage(engine, situation)) ??
    (await buildImage(engine, await unlessInterrupted('the start', signal, completed(flow, situation)), flow));
  const made = await whileChoosing(engine, situation.gpusWanted, signal, async () => {
    const plan = withSize(await planned(flow, request, situation, image, await claims(engine, flow)), size);
    if (!isLocal(engine) && plan.container.HostConfig.Binds.length > 0) throw remoteEngine(engine, DATA_THERE);
    return {plan, container: await createContainer(engine, plan.name, plan.container)};
  });
  const shared = await certificates(flow, situation);
  const prepare = async (each: Planned): Promise<T> => {
    await giveIdentity(each.container, {...each.plan.user, home: HOME, files: each.plan.secrets, shared});
    if (request.sync) {
      const {sendProject} = await import('../engine/project-copy.js');
      await sendProject(each.container, situation.project.dir, each.plan.user);
    }
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
    mayRaiseLimits: await mayRaiseThere(world, host),
    dockerfile: image.dockerfile,
    decisions: image.decisions,
    work: request.work,
    wishes: await withProjectData(world, project, request),
    claims,
  });
  const copied = {folder: project.dir, machine: thisMachine(), detach: request.work.detach};
  return request.sync ? withCopiedProject(plan, copied) : plan;
}

/** Many jobs of one project may run, and start at the same moment. */
const ownName = (project: string, purpose: string): string =>
  `gpudock-${project}-${purpose}-${randomBytes(3).toString('hex')}`;
