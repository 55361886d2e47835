import type {Host} from '../contract/host.js';
import type {Engine} from '../engine/connect.js';
import {namedApplication} from '../environment/application.js';
import {type Network, readNetwork} from '../environment/network.js';
import {slug} from '../environment/project.js';
import {Failure} from '../failure.js';
import {unlessInterrupted} from '../interrupt.js';
import {countGpus} from '../launch/gpus.js';
import type {LaunchQuestion} from '../launch/plan.js';
import {appServer, type Preset, presetServer, type Server} from '../launch/presets.js';
import type {Caller} from '../launch/user.js';
import type {LaunchWishes} from '../launch/wishes.js';
import {openMatrix} from '../matrix/matrix.js';
import {caller} from './caller.js';
import {cpuInstead} from './cpu.js';
import {withProjectData} from './data.js';
import type {Flow} from './flow.js';
import {buildImage, builtImage} from './image.js';
import {readModel} from './model.js';
import {serverImage} from './server-image.js';
import {completed, lookedAt, probed} from './situation.js';

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
  /** The model is copied: for an engine that cannot mount it. */
  sync: boolean;
  health: string;
  /** milliseconds */
  wait: number;
}

/** What is served, and in which image. */
export interface Serving {
  server: Server;
  image: string;
  host: Host;
  network: Network;
  project: LaunchQuestion['project'];
  caller: Caller;
  gpus: string;
  wishes: LaunchWishes;
}

/** Looks at the model or the project, and at the machine. `get`: an image that is not there is pulled or built. */
export async function readServing(
  flow: Flow,
  request: ServeRequest,
  engine: Engine | null,
  get: boolean,
): Promise<Serving> {
  return request.preset === 'app' ? readApp(flow, request, engine, get) : readServer(flow, request, engine, get);
}

async function readServer(flow: Flow, request: ServeRequest, engine: Engine | null, get: boolean): Promise<Serving> {
  const {world, signal} = flow;
  if (request.preset === 'app') throw new Error('an app is a project');
  const model = await readModel(world, request.preset, request.model);
  const gpus = request.gpus ?? 'auto';
  const [host, network] = await unlessInterrupted(
    'the start',
    signal,
    Promise.all([
      flow.during('looks at the machine', probed(world, {from: null, gpus}, request.image === null ? 'all' : 'launch')),
      readNetwork(world),
    ]),
  );
  const count = countGpus(host, gpus);
  const cpu = cpuInstead({host, gpus: count, gpusWanted: gpus, gpusAsked: request.gpus !== null});
  if (cpu !== null && request.gpus !== null) flow.note(cpu);
  const server = presetServer(request.preset, model, count);
  const image = request.image ?? serverImage(await openMatrix(world), host, server.repository ?? '', gpus);
  if (get && engine !== null) {
    const {pullMeasured} = await import('./pull.js');
    await pullMeasured(flow, engine, image);
  }
  const dir = model.path ?? world.cwd;
  const project = {dir, name: slug(`${request.preset}-${model.name}`), requirements: []};
  const owner = caller(world.env, {owner: {uid: 0, gid: 0}});
  return {server, image, host, network, project, caller: owner, gpus, wishes: request};
}

async function readApp(flow: Flow, request: ServeRequest, engine: Engine | null, get: boolean): Promise<Serving> {
  const {world, signal} = flow;
  const question = {folder: request.folder, from: null, gpus: request.gpus, base: null, target: 'serve' as const};
  const stated = await unlessInterrupted('the start', signal, lookedAt(flow, question, get ? 'launch' : 'all'));
  const {project, host, network, gpusWanted} = stated;
  const application = namedApplication(request.model, project.requirements, stated.application);
  if (application === null) throw notAnApp(request.model);
  const cpu = cpuInstead(stated);
  if (cpu !== null && stated.gpusAsked) flow.note(cpu);
  const situation = {...stated, application};
  const built = engine === null ? null : await builtImage(engine, situation);
  const image =
    built ?? (get && engine !== null ? await buildImage(engine, await completed(flow, situation), flow) : null);
  const owner = caller(world.env, project);
  const wishes = await withProjectData(world, project, request);
  return {
    server: appServer(request.health),
    image: image?.tag ?? 'not built yet',
    host,
    network,
    project,
    caller: owner,
    gpus: gpusWanted,
    wishes,
  };
}

function notAnApp(model: string): Failure {
  const named = /^[\w.]+:[\w.]+$/.test(model);
  return new Failure({
    code: 'not_an_app',
    message: named ? `nothing says how ${model} is served` : `${model} does not name an application`,
    cause: named
      ? 'neither uvicorn nor gunicorn is among the packages, and no application of that name was found'
      : 'an application is MODULE:ATTRIBUTE, such as main:app',
    fix: named
      ? 'add uvicorn (ASGI: FastAPI) or gunicorn (WSGI: Flask) to requirements.txt'
      : 'gpudock serve app main:app',
  });
}
