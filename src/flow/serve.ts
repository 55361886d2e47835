import {createHash} from 'node:crypto';
import type {Container} from 'dockerode';
import {connect, type Engine, isLocal} from '../engine/connect.js';
import {createContainer, listContainers, removeContainer} from '../engine/containers.js';
import {whileChoosing} from '../engine/gpu-lock.js';
import {giveIdentity} from '../engine/identity.js';
import {checkInside} from '../engine/inside.js';
import {DATA_THERE, noWayToPort, remoteEngine, SYNC_MODEL} from '../engine/remote.js';
import {publishedPort, type Started, untilServing} from '../engine/server.js';
import {type Planned, portTaken, startPlanned} from '../engine/start.js';
import type {PortTunnel} from '../engine/tunnel.js';
import {unlessInterrupted} from '../interrupt.js';
import {claimsOf} from '../launch/gpu-units.js';
import {HOME, type LaunchPlan, planLaunch, promisedBy} from '../launch/plan.js';
import type {Server} from '../launch/presets.js';
import {withCopiedModel} from '../launch/sync.js';
import {certificates} from './certificates.js';
import type {Flow} from './flow.js';
import {engineIfAny} from './image.js';
import {isPortFree} from './port.js';
import {readServing, type ServeRequest, type Serving} from './serving.js';
import {mayRaiseThere} from './there.js';
import {wayTo} from './way.js';

/** A server that is ready. */
export interface ServedOne extends Started {
  /** What leads there; null: its port is this machine's own. */
  tunnel: PortTunnel | null;
}

export interface Served {
  servers: ServedOne[];
  request: Server['request'];
}

/** The plan of the first replica. Nothing is built, pulled or started. Works without an engine. */
export async function planServe(flow: Flow, request: ServeRequest): Promise<LaunchPlan> {
  const engine = await engineIfAny(flow, {from: null});
  return planned(flow, request, await readServing(flow, request, engine, false), engine, {replica: 0, port: 0});
}

/** Looks at the model, starts every replica and waits until all are ready. Whatever fails leaves none. */
export async function serve(flow: Flow, request: ServeRequest): Promise<Served> {
  const engine = await unlessInterrupted('the start', flow.signal, connect(flow.world));
  if (engine.endpoint.host.startsWith('tcp://')) throw noWayToPort(engine);
  const serving = await readServing(flow, request, engine, true);
  const {server} = serving;
  if (!isLocal(engine) && server.model !== null && !request.sync) throw remoteEngine(engine, SYNC_MODEL);
  const started: ServedOne[] = [];
  try {
    for (let replica = 0; replica < request.replicas; replica++)
      started.push(await start(flow, request, serving, engine, replica));
    const health = {path: server.health, text: server.healthText};
    await Promise.all(started.map(each => untilServing(engine, each, health, {limit: request.wait, ...flow})));
    return {servers: started, request: server.request};
  } catch (error) {
    for (const {tunnel} of started) tunnel?.close();
    await Promise.all(started.map(({id}) => removeContainer(engine, id, true)));
    throw error;
  }
}

async function start(
  flow: Flow,
  request: ServeRequest,
  serving: Serving,
  engine: Engine,
  replica: number,
): Promise<ServedOne> {
  const near = await portOf(request, serving.server, replica);
  const port = isLocal(engine) ? near : 0;
  const {signal, note} = flow;
  const made = await whileChoosing(engine, serving.gpus, signal, async () => {
    const plan = await planned(flow, request, serving, engine, {replica, port});
    if (!isLocal(engine) && plan.container.HostConfig.Binds.length > 0) throw remoteEngine(engine, DATA_THERE);
    return {plan, container: await createContainer(engine, plan.name, plan.container)};
  });
  const shared = await certificates(flow, serving);
  const prepare = async ({container, plan}: Planned): Promise<void> => {
    await giveIdentity(container, {...plan.user, home: HOME, files: plan.secrets, shared});
    if (request.sync && serving.server.model !== null) await sendModel(container, serving.server.model, signal);
  };
  const {container, plan} = await startPlanned(engine, made, {prepare, signal, note});
  try {
    await checkInside(container, promisedBy(plan), request.gpuCheck, note);
    const got = await publishedPort(engine, container.id, serving.server.work.port ?? 0);
    const {origin, tunnel} = await wayTo(engine, got ?? 0, near === 0 ? null : near);
    return {id: container.id, name: plan.name, url: origin, tunnel};
  } catch (error) {
    await removeContainer(engine, container.id, true);
    throw error;
  }
}

/** The engine makes the folders on the way. */
async function sendModel(container: Container, {path, inside}: {path: string; inside: string}, signal: AbortSignal) {
  const {send} = await import('../engine/copy.js');
  await send(container, path, {folder: '/', name: inside.slice(1)}, {fresh: false, signal});
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
  {replica, port}: {replica: number; port: number},
): Promise<LaunchPlan> {
  const containers = engine === null ? [] : await listContainers(engine);
  const plain = request.name ?? `gpudock-${project.name}`;
  const name = request.replicas === 1 ? plain : `${plain}-${replica + 1}`;
  const foreign = containers.some(other => other.name === name && other.project !== project.dir);
  const plan = planLaunch({
    project,
    image,
    host,
    caller,
    gpus,
    port,
    portFixed: request.port !== null,
    name: foreign && request.name === null ? `${name}-${digest(project.dir)}` : name,
    certificates: network.extraCertificates,
    mayRaiseLimits: await mayRaiseThere(world, host),
    dockerfile: null,
    decisions: [],
    work: server.work,
    wishes,
    claims: claimsOf(containers, world.now()),
  });
  return request.sync && server.model !== null ? withCopiedModel(plan, server.model) : plan;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 6);
