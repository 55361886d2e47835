import {createHash} from 'node:crypto';
import type {Host} from '../contract/host.js';
import {connect, type Engine, isLocal} from '../engine/connect.js';
import {createContainer, listContainers, removeContainer} from '../engine/containers.js';
import {whileChoosing} from '../engine/gpu-lock.js';
import {giveIdentity} from '../engine/identity.js';
import {checkInside} from '../engine/inside.js';
import {mayRaiseLimits} from '../engine/limits.js';
import {remoteEngine} from '../engine/remote.js';
import {publishedPort, type Started, untilServing} from '../engine/server.js';
import {type Planned, portTaken, startPlanned} from '../engine/start.js';
import {type Network, readNetwork} from '../environment/network.js';
import {slug} from '../environment/project.js';
import {Failure} from '../failure.js';
import {unlessInterrupted} from '../interrupt.js';
import {claimsOf} from '../launch/gpu-units.js';
import {countGpus} from '../launch/gpus.js';
import {HOME, type LaunchPlan, planLaunch, promisedBy} from '../launch/plan.js';
import {appServer, type Preset, presetServer, type Server} from '../launch/presets.js';
import type {Caller} from '../launch/user.js';
import type {LaunchWishes} from '../launch/wishes.js';
import {openMatrix} from '../matrix/matrix.js';
import {caller} from './caller.js';
import {certificates} from './certificates.js';
import {withProjectData} from './data.js';
import {buildImage, builtImage, engineIfAny, type Flow} from './image.js';

import {readModel} from './model.js';
import {isPortFree} from './port.js';
import {pullMeasured} from './pull.js';
import {serverImage} from './server-image.js';
import {completed, probed, readSituation} from './situation.js';

export interface ServeRequest extends LaunchWishes {
  preset: Preset;
  /** A folder, an archive, a model id; for `app` `module:attribute`. */
  model: string;
  /** The project of an `app`. */
  folder: string;
  image: string | null;
  gpus: string | null;
  port: number | null;
  name: string | null;
  replicas: number;
  health: string;
  /** milliseconds */
  wait: number;
}

/** What is served, and in which image. */
interface Serving {
  server: Server;
  image: string;
  host: Host;
  network: Network;
  project: Parameters<typeof planLaunch>[0]['project'];
  caller: Caller;
  gpus: string;
  wishes: LaunchWishes;
}

export interface Served {
  servers: Started[];
  request: Server['request'];
}

/** The plan of the first replica. Nothing is built, pulled or started. Works without an engine. */
export async function planServe(flow: Flow, request: ServeRequest): Promise<LaunchPlan> {
  const [engine, mayRaise] = await Promise.all([engineIfAny(flow, {from: null}), mayRaiseLimits(flow.world)]);
  return planned(flow, request, await read(flow, request, engine, false), engine, {replica: 0, port: 0, mayRaise});
}

/** Looks at the model, starts every replica and waits until all are ready. Whatever fails leaves none. */
export async function serve(flow: Flow, request: ServeRequest): Promise<Served> {
  const engine = await unlessInterrupted('the start', flow.signal, connect(flow.world));
  if (!isLocal(engine)) throw remoteEngine(engine);
  const serving = await read(flow, request, engine, true);
  const {server} = serving;
  const started: Started[] = [];
  try {
    for (let replica = 0; replica < request.replicas; replica++)
      started.push(await start(flow, request, serving, engine, replica));
    const health = {path: server.health, text: server.healthText};
    await Promise.all(started.map(each => untilServing(engine, each, health, {limit: request.wait, ...flow})));
    return {servers: started, request: server.request};
  } catch (error) {
    await Promise.all(started.map(({id}) => removeContainer(engine, id, true)));
    throw error;
  }
}

async function read(flow: Flow, request: ServeRequest, engine: Engine | null, get: boolean): Promise<Serving> {
  return request.preset === 'app' ? readApp(flow, request, engine, get) : readServer(flow, request, engine, get);
}

async function readServer(flow: Flow, request: ServeRequest, engine: Engine | null, get: boolean): Promise<Serving> {
  const {world, signal} = flow;
  if (request.preset === 'app') throw new Error('an app is a project');
  const model = await readModel(world, request.preset, request.model);
  const [host, network] = await unlessInterrupted(
    'the start',
    signal,
    Promise.all([probed(world, null, request.image === null ? 'all' : 'launch'), readNetwork(world)]),
  );
  const gpus = request.gpus ?? 'auto';
  const server = presetServer(request.preset, model, countGpus(host, gpus));
  const image = request.image ?? serverImage(await openMatrix(world), host, server.repository ?? '', gpus);
  if (get && engine !== null) await pullMeasured(flow, engine, image);
  const dir = model.path ?? world.cwd;
  const project = {dir, name: slug(`${request.preset}-${model.name}`), requirements: []};
  const owner = caller(world.env, {owner: {uid: 0, gid: 0}});
  return {server, image, host, network, project, caller: owner, gpus, wishes: request};
}

async function readApp(flow: Flow, request: ServeRequest, engine: Engine | null, get: boolean): Promise<Serving> {
  const {world, signal} = flow;
  const question = {folder: request.folder, from: null, gpus: request.gpus, base: null};
  const situation = await unlessInterrupted(
    'the start',
    signal,
    readSituation(world, question, get ? 'launch' : 'all'),
  );
  const {project, host, network, gpusWanted} = situation;
  const server = appServer(request.model, project.requirements, request.health);
  if (server === null || !/^[\w.]+:[\w.]+$/.test(request.model)) throw notAnApp(request.model, server === null);
  const built = engine === null ? null : await builtImage(engine, situation);
  const image =
    built ?? (get && engine !== null ? await buildImage(engine, await completed(world, situation), flow) : null);
  const owner = caller(world.env, project);
  const wishes = await withProjectData(world, project, request);
  return {
    server,
    image: image?.tag ?? 'not built yet',
    host,
    network,
    project,
    caller: owner,
    gpus: gpusWanted,
    wishes,
  };
}

const notAnApp = (model: string, noServer: boolean): Failure =>
  new Failure({
    code: 'not_an_app',
    message: noServer ? 'the project names no web server' : `${model} does not name an application`,
    cause: noServer
      ? 'neither uvicorn nor gunicorn is among its packages'
      : 'an application is MODULE:ATTRIBUTE, such as main:app',
    fix: noServer
      ? 'add uvicorn (ASGI: FastAPI) or gunicorn (WSGI: Flask) to requirements.txt'
      : 'gpudock serve app main:app',
  });

async function start(
  flow: Flow,
  request: ServeRequest,
  serving: Serving,
  engine: Engine,
  replica: number,
): Promise<Started> {
  const mayRaise = serving.host.engine.rootless === true ? false : await mayRaiseLimits(flow.world);
  const port = await portOf(request, serving.server, replica);
  const {signal, note} = flow;
  const made = await whileChoosing(engine, serving.gpus, signal, async () => {
    const plan = await planned(flow, request, serving, engine, {replica, port, mayRaise});
    return {plan, container: await createContainer(engine, plan.name, plan.container)};
  });
  const shared = await certificates(flow, serving);
  const prepare = ({container, plan}: Planned): Promise<void> =>
    giveIdentity(container, {...plan.user, home: HOME, files: plan.secrets, shared});
  const {container, plan} = await startPlanned(engine, made, {prepare, signal, note});
  try {
    await checkInside(container, promisedBy(plan), request.gpuCheck, note);
    const got = await publishedPort(engine, container.id, serving.server.work.port ?? 0);
    return {id: container.id, name: plan.name, url: `http://127.0.0.1:${got ?? 0}`};
  } catch (error) {
    await removeContainer(engine, container.id, true);
    throw error;
  }
}

/** The asked one, counted up for each replica; else the server's own where it is free; else any (0). */
async function portOf({port}: ServeRequest, {work}: Server, replica: number): Promise<number> {
  if (port !== null) {
    if (!(await isPortFree(port + replica))) throw portTaken(String(port + replica));
    return port + replica;
  }
  return replica === 0 && work.port !== null && (await isPortFree(work.port)) ? work.port : 0;
}

async function planned(
  {world}: Flow,
  request: ServeRequest,
  {server, image, host, network, project, caller, gpus, wishes}: Serving,
  engine: Engine | null,
  {replica, port, mayRaise}: {replica: number; port: number; mayRaise: boolean | null},
): Promise<LaunchPlan> {
  const containers = engine === null ? [] : await listContainers(engine);
  const plain = request.name ?? `gpudock-${project.name}`;
  const name = request.replicas === 1 ? plain : `${plain}-${replica + 1}`;
  const foreign = containers.some(other => other.name === name && other.project !== project.dir);
  return planLaunch({
    project,
    image,
    host,
    caller,
    gpus,
    port,
    portFixed: request.port !== null,
    name: foreign && request.name === null ? `${name}-${digest(project.dir)}` : name,
    certificates: network.extraCertificates,
    mayRaiseLimits: mayRaise,
    dockerfile: null,
    decisions: [],
    work: server.work,
    wishes,
    claims: claimsOf(containers, world.now()),
  });
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 6);
