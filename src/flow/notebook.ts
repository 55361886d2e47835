import {createHash} from 'node:crypto';
import type {Decision} from '../contract/launch.js';
import {connect, type Engine, isLocal, namedEngine} from '../engine/connect.js';
import {type Listed, listContainers, removeContainer} from '../engine/containers.js';
import {whileChoosing} from '../engine/gpu-lock.js';
import {checkInside} from '../engine/inside.js';
import {mayRaiseLimits} from '../engine/limits.js';
import {type Notebook, runningNotebook, startNotebook, untilReady} from '../engine/notebook.js';
import {remoteEngine} from '../engine/remote.js';
import {portTaken} from '../engine/start.js';
import {isFailure} from '../failure.js';
import {unlessInterrupted} from '../interrupt.js';
import {claimsOf} from '../launch/gpu-units.js';
import {noGpuReason} from '../launch/gpus.js';
import {type LaunchPlan, planLaunch, promisedBy} from '../launch/plan.js';
import {vscodeAddress} from '../launch/vscode.js';
import type {NotebookWishes} from '../launch/wishes.js';
import {caller} from './caller.js';
import {certificates} from './certificates.js';
import {withProjectData} from './data.js';
import {buildImage, builtImage, type Flow, plannedImage, type ReadyImage} from './image.js';
import {hashedPassword} from './password.js';
import {isPortFree} from './port.js';
import {completed, readSituation, type Situation, type SituationQuestion} from './situation.js';

export interface NotebookRequest extends SituationQuestion, NotebookWishes {}

export interface OpenedNotebook extends Notebook {
  /** It ran already. */
  running: boolean;
  /** The address by which VS Code opens it. */
  vscode: string;
}

/** Ten minutes: a first start on a slow disk compiles and indexes. */
const READY_LIMIT = 600_000;
const DEFAULT_PORT = 8888;

/** The plan alone: nothing is built, pulled or started. Works without an engine. */
export async function planNotebook(flow: Flow, request: NotebookRequest): Promise<LaunchPlan> {
  const {situation, engine, image} = await plannedImage(flow, request);
  return plan(flow, request, situation, image, engine === null ? [] : await listContainers(engine));
}

/** The whole way: probe, choose, build, launch, wait. Ends with a link that has answered 200. */
export async function openNotebook(flow: Flow, request: NotebookRequest): Promise<OpenedNotebook> {
  const {world, signal, note} = flow;
  const connecting = connect(world);
  const [situation, engine, listed] = await unlessInterrupted(
    'the start',
    signal,
    Promise.all([
      readSituation(world, request, 'launch'),
      connecting,
      connecting.then(engine => (isLocal(engine) ? listContainers(engine) : [])),
    ]),
  );
  if (!isLocal(engine)) throw remoteEngine(engine);
  const {dir} = situation.project;
  const containers = listed.filter(({purpose, project}) => purpose === 'notebook' && project === dir);
  const running = containers.find(({state}) => state === 'running');
  if (running !== undefined) {
    const notebook = await runningNotebook(engine, running.id, running.name);
    if (notebook !== null) return await ready(engine, notebook, true, flow);
  }
  if (situation.gpus === 0 && situation.gpusWanted !== 'none')
    note(`${noGpuReason(situation.host)}: going on with the CPU`);
  const image =
    (await builtImage(engine, situation)) ??
    (await buildImage(engine, await unlessInterrupted('the start', signal, completed(world, situation)), flow));
  return launch(flow, request, situation, engine, image, containers);
}

async function launch(
  flow: Flow,
  request: NotebookRequest,
  situation: Situation,
  engine: Engine,
  image: ReadyImage,
  old: readonly Listed[],
): Promise<OpenedNotebook> {
  const {signal, note} = flow;
  const passwordHash = request.password === null ? null : await hashedPassword(request.password);
  for (const {id} of old.filter(({state}) => state !== 'running')) await removeContainer(engine, id, true);
  const notebook = await whileChoosing(engine, situation.gpusWanted, signal, async () => {
    const [containers, shared] = await Promise.all([listContainers(engine), certificates(flow, situation)]);
    const planned = await plan(flow, request, situation, image, containers);
    const {idleSeconds} = request;
    return startNotebook(engine, planned, {certificates: shared, passwordHash, idleSeconds, signal, note});
  });
  try {
    const [opened] = await Promise.all([
      ready(engine, notebook, false, flow),
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

async function ready(engine: Engine, {id, name, url}: Notebook, running: boolean, flow: Flow): Promise<OpenedNotebook> {
  await untilReady(engine, {id, name, url}, {limit: READY_LIMIT, ...flow});
  return {id, name, url, running, vscode: vscodeAddress(name, namedEngine(engine))};
}

async function plan(
  {world}: Flow,
  request: NotebookRequest,
  {project, host, network, gpusWanted}: Situation,
  image: ReadyImage,
  containers: readonly Listed[],
): Promise<LaunchPlan> {
  const wanted = request.port ?? project.settings.port ?? null;
  const used = containers.flatMap(({port}) => (port === null ? [] : [port]));
  const [nobodyListens, mayRaise] = await Promise.all([
    isPortFree(wanted ?? DEFAULT_PORT),
    host.engine.rootless === true ? false : mayRaiseLimits(world),
  ]);
  const free = nobodyListens && !used.includes(wanted ?? DEFAULT_PORT);
  if (wanted !== null && !free) throw portTaken(String(wanted));
  const decisions: Decision[] = [...image.decisions, ...idleStop(request)];
  return planLaunch({
    project,
    image: image.tag,
    host,
    caller: caller(world.env, project),
    gpus: gpusWanted,
    port: wanted ?? (free ? DEFAULT_PORT : 0),
    portFixed: wanted !== null,
    name: request.name ?? containerName(project, containers),
    certificates: network.extraCertificates,
    mayRaiseLimits: mayRaise,
    dockerfile: image.dockerfile,
    decisions,
    reach: request.reach,
    wishes: await withProjectData(world, project, request),
    claims: claimsOf(containers, world.now()),
  });
}

const idleStop = ({idleSeconds}: NotebookRequest): Decision[] =>
  idleSeconds === null
    ? []
    : [
        {
          setting: 'idle stop',
          value: `${idleSeconds} s`,
          why: 'asked for: an idle kernel is shut down after it, and the notebook as long after the last one; an open terminal keeps it',
        },
      ];

/** Two folders may have the same name: the later one's container is told apart by a digest of its path. */
function containerName({name, dir}: Situation['project'], containers: readonly Listed[]): string {
  const plain = `gpudock-${name}`;
  const taken = containers.some(other => other.name === plain && other.project !== dir);
  return taken ? `${plain}-${createHash('sha256').update(dir).digest('hex').slice(0, 6)}` : plain;
}
