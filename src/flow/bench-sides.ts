import {chown, mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {PROGRAMS, SCRATCH, WORKSPACE} from '../bench/container-body.js';
import {containerSide} from '../bench/container-side.js';
import {type HostSideOptions, hostSide} from '../bench/host-side.js';
import type {Side} from '../bench/side.js';
import {type LookedAt, readSideFacts} from '../bench/side-facts.js';
import {treePrefix, unpackTree} from '../bench/tree.js';
import {lastLine} from '../bench/trial.js';
import type {Host} from '../contract/host.js';
import type {Engine} from '../engine/connect.js';
import type {Identity} from '../engine/identity.js';
import {localImage} from '../engine/images.js';
import {mayRaiseLimits} from '../engine/limits.js';
import {isFailure} from '../failure.js';
import {LABEL} from '../labels.js';
import {HOME, type LaunchPlan, planLaunch} from '../launch/plan.js';
import {packageRoot} from '../package-root.js';
import type {World} from '../world/world.js';
import type {Venv} from './bench-venv.js';
import {caller} from './caller.js';

export interface SidesQuestion {
  world: World;
  engine: Engine;
  host: Host;
  gpus: string;
  /** Where a program of the user's runs. */
  folder: string;
  /** A folder that is gone after the session. */
  work: string;
  signal: AbortSignal;
}

/** Makes the sides of one session: containers as gpudock launches them, and the host. */
export class Sides {
  readonly #question: SidesQuestion;
  readonly #programs = join(packageRoot(), 'templates', 'bench');
  readonly #scratch: string;
  readonly #plan: LaunchPlan;
  readonly #gpus: readonly string[];

  private constructor(question: SidesQuestion, plan: LaunchPlan) {
    this.#question = question;
    this.#scratch = join(question.work, 'scratch');
    this.#plan = plan;
    this.#gpus = plan.container.Labels[LABEL.gpus]?.split(',') ?? [];
  }

  static async make(question: SidesQuestion): Promise<Sides> {
    const sides = new Sides(question, await planned(question));
    await mkdir(sides.#scratch);
    const {uid, gid} = sides.#plan.user;
    if (process.getuid?.() === 0) await chown(sides.#scratch, uid, gid);
    return sides;
  }

  /** How many GPUs both sides may use. */
  get gpus(): number {
    return this.#gpus.length;
  }

  /** A container of an image, with gpudock's launch settings or with none but the engine's own. */
  container(image: string, {plain = false, venv = null}: {plain?: boolean; venv?: Venv | null} = {}): Side {
    const {engine, folder} = this.#question;
    const plan = {...this.#plan, container: {...this.#plan.container, Image: image}};
    return containerSide({
      engine,
      name: plain ? `plain docker, ${image}` : image,
      plan: plain ? withoutSettings(plan) : plan,
      identity: plain ? null : this.#identity,
      env: pairs({...SETTINGS, ...sameGpus(this.#gpus, 'container')}),
      python: venv?.python ?? 'python3',
      programs: this.#programs,
      scratch: this.#scratch,
      folder,
      folders: venv?.folders ?? [],
    });
  }

  /** The host as it is, with its own Python or that of a virtual environment. */
  host(venv: Venv | null): Side {
    return hostSide({
      ...this.#onHost,
      name: venv === null ? 'the host' : `the host, ${venv.folders[0]}`,
      python: venv?.python ?? 'python3',
      programs: this.#programs,
      prefix: () => [],
    });
  }

  /** The image's own files on the host, without a container. */
  async tree(image: string): Promise<Side> {
    const {folder, work, engine, signal} = this.#question;
    const tree = join(work, 'tree');
    await unpackTree({engine, image, identity: this.#identity}, tree, signal);
    const own = (await localImage(engine, image))?.env ?? [];
    const prefix = treePrefix({
      programs: this.#programs,
      tree,
      user: this.#plan.user.user,
      binds: [`${this.#programs}:${PROGRAMS}`, `${this.#scratch}:${SCRATCH}`, `${folder}:${WORKSPACE}`],
      env: [...withDriver(own), ...this.#plan.container.Env, ...pairs(this.#onHost.env)],
    });
    const inside = {programs: PROGRAMS, scratch: SCRATCH, folder: WORKSPACE};
    return hostSide({...this.#onHost, ...inside, python: 'python3', name: 'the image’s files on the host', prefix});
  }

  get #onHost(): Pick<HostSideOptions, 'folder' | 'scratch' | 'env'> {
    const env = {...SETTINGS, ...sameGpus(this.#gpus, 'host')};
    return {folder: this.#question.folder, scratch: this.#scratch, env};
  }

  get #identity(): Identity {
    return {...this.#plan.user, home: HOME, files: [], shared: []};
  }
}

async function planned({world, host, gpus, work}: SidesQuestion): Promise<LaunchPlan> {
  const stat = await world.stat(work);
  const owner = stat.status === 'ok' ? stat.value : {uid: 0, gid: 0};
  return planLaunch({
    project: {dir: work, name: 'bench', requirements: []},
    image: '',
    host,
    caller: caller(world.env, {owner}),
    gpus,
    port: 0,
    portFixed: false,
    name: 'gpudock-bench',
    certificates: false,
    mayRaiseLimits: host.engine.rootless === true ? false : await mayRaiseLimits(world, host.engine.rootDir),
    dockerfile: null,
    decisions: [],
  });
}

/** Bytecode that a first run writes would make the second one another; GPUs are numbered as nvidia-smi numbers them. */
const SETTINGS = {PYTHONDONTWRITEBYTECODE: '1', CUDA_DEVICE_ORDER: 'PCI_BUS_ID'};

/**
 * A container sees the GPUs that it is given, the host all of them: both are told the same ones. A container numbers its
 * own from 0 again, so that an index means nothing there.
 */
function sameGpus(ids: readonly string[], side: 'host' | 'container'): Record<string, string> {
  const numbered = ids.some(id => /^\d+$/.test(id));
  return side === 'container' && numbered ? {} : {CUDA_VISIBLE_DEVICES: ids.join(',')};
}

const pairs = (env: Readonly<Record<string, string>>): string[] =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`);

/** The image's environment, and where enter.sh puts the driver's libraries. */
function withDriver(env: readonly string[]): string[] {
  const name = 'LD_LIBRARY_PATH=';
  const own = env.find(entry => entry.startsWith(name))?.slice(name.length);
  return [...env.filter(entry => !entry.startsWith(name)), `${name}${own ? `${own}:` : ''}/gpudock-driver`];
}

/** What `docker run --gpus … IMAGE` would set: the GPUs and nothing else. */
function withoutSettings(plan: LaunchPlan): LaunchPlan {
  const {Image, Labels, HostConfig} = plan.container;
  const {DeviceRequests, Runtime} = HostConfig;
  const host = {
    ...(DeviceRequests === undefined ? {} : {DeviceRequests}),
    ...(Runtime === undefined ? {} : {Runtime}),
    ...{Binds: [], Mounts: [], PortBindings: {}, ShmSize: 64 * 1024 * 1024, Ulimits: [], SecurityOpt: [], GroupAdd: []},
  };
  const Env = plan.container.Env.filter(entry => entry.startsWith('NVIDIA_'));
  return {...plan, container: {Image, Labels, User: '', Env, ExposedPorts: {}, HostConfig: host}};
}

const FACTS_LIMIT = 60_000;

/** What a side is made of. */
export async function lookAt(side: Side, signal: AbortSignal): Promise<LookedAt> {
  const {name, python} = side;
  const argv = [python, side.file('facts.py')];
  const program = {argv, place: null, inFolder: false, hostNetwork: false, limit: FACTS_LIMIT, signal};
  const ran = await side.run(program).catch((error: unknown) => {
    if (isFailure(error) && error.code !== 'interrupted') return error;
    throw error;
  });
  if (isFailure(ran)) return {name, facts: null, why: `${name}: ${ran.message}: ${ran.reason ?? ''}`};
  const facts = readSideFacts(ran.output);
  if (facts !== null) return {name, facts, why: null};
  const missing = ran.trouble === 'not-found' || ran.exit === 127;
  return {
    name,
    facts,
    why: missing ? `no Python 3 in ${name}` : `${name} cannot be looked at: ${lastLine(ran.output)}`,
  };
}
