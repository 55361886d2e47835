import {createHash} from 'node:crypto';
import {hostname} from 'node:os';
import type {Decision} from '../contract/launch.js';
import {connect, type Engine, isLocal, namedEngine} from '../engine/connect.js';
import {isFromHere, type Listed, listContainers, removeContainer} from '../engine/containers.js';
import {whileChoosing} from '../engine/gpu-lock.js';
import {checkInside} from '../engine/inside.js';
import {askForImages, imagesIn} from '../engine/labelled-image.js';
import {
  linkAt,
  makeNotebook,
  type Notebook,
  type NotebookLink,
  runningNotebook,
  startNotebook,
  untilReady,
} from '../engine/notebook.js';
import {DATA_THERE, noWayToPort, remoteEngine, SYNC_PROJECT} from '../engine/remote.js';
import {portTaken} from '../engine/start.js';
import {thisMachine} from '../engine/this-machine.js';
import type {PortTunnel} from '../engine/tunnel.js';
import {isFailure} from '../failure.js';
import {unlessInterrupted} from '../interrupt.js';
import {LABEL} from '../labels.js';
import {claimsOf} from '../launch/gpu-units.js';
import {type LaunchPlan, planLaunch, promisedBy} from '../launch/plan.js';
import {withCopiedProject} from '../launch/sync.js';
import {vscodeAddress} from '../launch/vscode.js';
import type {NotebookWishes} from '../launch/wishes.js';
import type {ReadyImage} from './build-image.js';
import {caller} from './caller.js';
import {certificates} from './certificates.js';
import {bringProjectBack} from './copied-project.js';
import {cpuInstead} from './cpu.js';
import {withProjectData} from './data.js';
import type {Flow} from './flow.js';
import {buildImage, builtImage, builtImages, plannedImage} from './image.js';
import {hashedPassword} from './password.js';
import {isPortFree} from './port.js';
import {completed, lookedAt, type Situation, type SituationQuestion} from './situation.js';
import {mayRaiseThere, seenThere} from './there.js';
import {wayTo} from './way.js';

export interface NotebookRequest extends SituationQuestion, NotebookWishes {}

export interface OpenedNotebook extends NotebookLink {
  /** It ran already. */
  running: boolean;
  /** The address by which VS Code opens it. */
  vscode: string;
  /** Where it answers from other machines, if it is open to them. */
  fromElsewhere: string;
  /** What leads there; null: its port is this machine's own, or open to the network. */
  tunnel: PortTunnel | null;
}

/** Ten minutes: a first start on a slow disk compiles and indexes. */
const READY_LIMIT = 600_000;
const DEFAULT_PORT = 8888;

/** The plan alone: nothing is built, pulled or started. Works without an engine. */
export async function planNotebook(flow: Flow, request: NotebookRequest): Promise<LaunchPlan> {
  const {situation, engine, image} = await plannedImage(flow, request);
  const [from, containers] = await Promise.all([
    plannedFrom(flow, request, situation),
    engine === null ? [] : listContainers(engine),
  ]);
  return plan(flow, request, from, image, containers);
}

/** The whole way: probe, choose, build, launch, wait. Ends with a link that has answered 200. */
export async function openNotebook(flow: Flow, request: NotebookRequest): Promise<OpenedNotebook> {
  const {world, signal, note} = flow;
  // Begun first: these questions to the engine take longest to answer.
  const looking = lookedAt(flow, request, 'launch');
  const asking = askForImages(world, LABEL.inputs);
  const connecting = connect(world).then(engine => mayLead(engine, request));
  const [situation, engine, listed, images] = await unlessInterrupted(
    'the start',
    signal,
    Promise.all([
      looking
        .then(situation => seenThere(flow, request, situation, connecting))
        .then(situation => plannedFrom(flow, request, situation)),
      connecting,
      connecting.then(engine => listContainers(engine)),
      connecting.then(async engine => imagesIn(await asking) ?? builtImages(engine)),
    ]),
  );
  const {dir} = situation.project;
  const containers = listed.filter(each => each.purpose === 'notebook' && each.project === dir && isFromHere(each));
  const running = containers.find(({state}) => state === 'running');
  if (running !== undefined) {
    const notebook = await runningNotebook(engine, running.id, running.name);
    if (notebook !== null) return await ready(engine, notebook, true, askedPort(request, situation), flow);
  }
  const cpu = cpuInstead(situation);
  if (cpu !== null) note(cpu);
  const image =
    (await builtImage(engine, situation, images)) ??
    (await buildImage(engine, await unlessInterrupted('the start', signal, completed(flow, situation)), flow));
  return launch(flow, request, situation, engine, image, containers);
}

/** The engine, if a notebook of this project can be led to from here. Throws `remote_engine`, `no_way_to_port`. */
function mayLead(engine: Engine, {sync, reach}: NotebookRequest): Engine {
  if (isLocal(engine)) return engine;
  if (!sync) throw remoteEngine(engine, SYNC_PROJECT);
  if (engine.endpoint.host.startsWith('tcp://') && reach === 'machine') throw noWayToPort(engine);
  return engine;
}

async function launch(
  flow: Flow,
  request: NotebookRequest,
  situation: PlannedFrom,
  engine: Engine,
  image: ReadyImage,
  old: readonly Listed[],
): Promise<OpenedNotebook> {
  const {signal, note} = flow;
  const passwordHash = request.password === null ? null : await hashedPassword(request.password);
  for (const ended of old.filter(({state}) => state !== 'running')) {
    await bringProjectBack(engine, ended, note);
    await removeContainer(engine, ended.id, true);
  }
  const shared = await certificates(flow, situation);
  const made = await whileChoosing(engine, situation.gpusWanted, signal, async () => {
    const planned = await plan(flow, request, situation, image, await listContainers(engine));
    if (!isLocal(engine) && planned.container.HostConfig.Binds.length > 0) throw remoteEngine(engine, DATA_THERE);
    return makeNotebook(engine, planned);
  });
  const {idleSeconds} = request;
  const copied = request.sync ? situation.project.dir : null;
  const notebook = await startNotebook(engine, made, {
    certificates: shared,
    passwordHash,
    idleSeconds,
    copied,
    signal,
    note,
  });
  try {
    const [opened] = await Promise.all([
      ready(engine, notebook, false, askedPort(request, situation), flow),
      checkInside(notebook.container, promisedBy(notebook.plan), request.gpuCheck, note),
    ]);
    return opened;
  } catch (error) {
    // One that ended by itself stays, so that its log can be read.
    const stays = isFailure(error) && (error.code === 'notebook_ended' || error.code === 'notebook_silent');
    if (!stays) await removeContainer(engine, notebook.id, true);
    throw error;
  }
}

async function ready(
  engine: Engine,
  notebook: Notebook,
  running: boolean,
  asked: number | null,
  flow: Flow,
): Promise<OpenedNotebook> {
  const {id, name, port} = notebook;
  const {origin, tunnel} = await wayTo(engine, port, isLocal(engine) ? null : await nearPort(asked));
  const link = {id, name, url: linkAt(origin, notebook)};
  try {
    await untilReady(engine, link, {limit: READY_LIMIT, ...flow});
  } catch (error) {
    tunnel?.close();
    throw error;
  }
  const fromElsewhere = linkAt(`http://${machineOf(engine)}:${port}`, notebook);
  return {...link, running, vscode: vscodeAddress(name, namedEngine(engine)), fromElsewhere, tunnel};
}

const machineOf = (engine: Engine): string => (isLocal(engine) ? hostname() : new URL(engine.endpoint.host).hostname);

/** The port of this machine that leads to a notebook elsewhere: the asked one, else 8888; null: those are taken. */
async function nearPort(asked: number | null): Promise<number | null> {
  if (await isPortFree(asked ?? DEFAULT_PORT)) return asked ?? DEFAULT_PORT;
  if (asked !== null) throw portTaken(String(asked));
  return null;
}

const askedPort = ({port}: NotebookRequest, {project}: Pick<Situation, 'project'>): number | null =>
  port ?? project.settings.port ?? null;

/** A situation with what is looked at while the engine lists its images. */
interface PlannedFrom extends Situation {
  /** Whether the engine may raise limits; null: that is not known. */
  mayRaise: boolean | null;
  /** Whether nobody listens on the port that is wanted. */
  portFree: boolean;
}

async function plannedFrom({world}: Flow, request: NotebookRequest, situation: Situation): Promise<PlannedFrom> {
  const [mayRaise, portFree] = await Promise.all([
    mayRaiseThere(world, situation.host),
    isPortFree(askedPort(request, situation) ?? DEFAULT_PORT),
  ]);
  return {...situation, mayRaise, portFree};
}

async function plan(
  {world}: Flow,
  request: NotebookRequest,
  {project, host, network, gpusWanted, mayRaise, portFree}: PlannedFrom,
  image: ReadyImage,
  containers: readonly Listed[],
): Promise<LaunchPlan> {
  const asked = askedPort(request, {project});
  const port = host.engine.remote === true ? portThere(request, asked) : portHere(asked, portFree, containers);
  const decisions: Decision[] = [...image.decisions, ...idleStop(request)];
  const planned = planLaunch({
    project,
    image: image.tag,
    host,
    caller: caller(world.env, project),
    gpus: gpusWanted,
    port,
    portFixed: asked !== null && port === asked,
    name: request.name ?? containerName(project, containers),
    certificates: network.extraCertificates,
    mayRaiseLimits: mayRaise,
    dockerfile: image.dockerfile,
    decisions,
    reach: request.reach,
    wishes: await withProjectData(world, project, request),
    claims: claimsOf(containers, world.now()),
  });
  const copied = {folder: project.dir, machine: thisMachine(), detach: true};
  return request.sync ? withCopiedProject(planned, copied) : planned;
}

/** The asked one, else 8888, else any (0). Throws `port_taken`. */
function portHere(asked: number | null, free: boolean, containers: readonly Listed[]): number {
  const wanted = asked ?? DEFAULT_PORT;
  if (free && !containers.some(({port}) => port === wanted)) return wanted;
  if (asked !== null) throw portTaken(String(asked));
  return 0;
}

/** On the engine's machine a port matters only to who reaches it from the network. */
const portThere = ({reach}: NotebookRequest, asked: number | null): number => (reach === 'network' ? (asked ?? 0) : 0);

const idleStop = ({idleSeconds}: NotebookRequest): Decision[] =>
  idleSeconds === null
    ? []
    : [
        {
          setting: 'idle stop',
          value: `${idleSeconds} s`,
          why: 'asked for: an idle kernel is shut down after it, and the notebook as long after the last one; an open terminal keeps it, and a program in the background that has a GPU open',
        },
      ];

/** Two folders may have the same name: the later one's container is told apart by a digest of its path. */
function containerName({name, dir}: Situation['project'], containers: readonly Listed[]): string {
  const plain = `gpudock-${name}`;
  const taken = containers.some(other => other.name === plain && !(other.project === dir && isFromHere(other)));
  return taken ? `${plain}-${createHash('sha256').update(dir).digest('hex').slice(0, 6)}` : plain;
}
