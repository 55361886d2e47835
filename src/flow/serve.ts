import {createHash} from 'node:crypto';
import {connect, type Engine, isLocal} from '../engine/connect.js';
import {createContainer, listContainers, removeContainer} from '../engine/containers.js';
import {whileChoosing} from '../engine/gpu-lock.js';
import {giveIdentity} from '../engine/identity.js';
import {checkInside} from '../engine/inside.js';
import {mayRaiseLimits} from '../engine/limits.js';
import {remoteEngine} from '../engine/remote.js';
import {publishedPort, type Started, untilServing} from '../engine/server.js';
import {type Planned, portTaken, startPlanned} from '../engine/start.js';
import {unlessInterrupted} from '../interrupt.js';
import {claimsOf} from '../launch/gpu-units.js';
import {HOME, type LaunchPlan, planLaunch, promisedBy} from '../launch/plan.js';
import type {Server} from '../launch/presets.js';
import {certificates} from './certificates.js';
import {engineIfAny, type Flow} from './image.js';
import {isPortFree} from './port.js';
import {readServing, type ServeRequest, type Serving} from './serving.js';

export interface Served {
  servers: Started[];
  request: Server['request'];
}

/** The plan of the first replica. Nothing is built, pulled or started. Works without an engine. */
export async function planServe(flow: Flow, request: ServeRequest): Promise<LaunchPlan> {
  const [engine, mayRaise] = await Promise.all([engineIfAny(flow, {from: null}), mayRaiseLimits(flow.world)]);
  return planned(flow, request, await readServing(flow, request, engine, false), engine, {
    replica: 0,
    port: 0,
    mayRaise,
  });
}

/** Looks at the model, starts every replica and waits until all are ready. Whatever fails leaves none. */
export async function serve(flow: Flow, request: ServeRequest): Promise<Served> {
  const engine = await unlessInterrupted('the start', flow.signal, connect(flow.world));
  if (!isLocal(engine)) throw remoteEngine(engine);
  const serving = await readServing(flow, request, engine, true);
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
