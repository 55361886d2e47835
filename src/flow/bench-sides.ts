import {chown, mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {containerSide} from '../bench/container-side.js';
import {hostSide} from '../bench/host-side.js';
import type {Side} from '../bench/side.js';
import {readSideFacts, type SideFacts} from '../bench/side-facts.js';
import {treePrefix, unpackTree} from '../bench/tree.js';
import type {Mode} from '../bench/workload.js';
import type {Host} from '../contract/host.js';
import type {Engine} from '../engine/connect.js';
import {localImage} from '../engine/images.js';
import {mayRaiseLimits} from '../engine/limits.js';
import {type LaunchPlan, planLaunch} from '../launch/plan.js';
import {packageRoot} from '../package-root.js';
import type {World} from '../world/world.js';
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

  private constructor(question: SidesQuestion) {
    this.#question = question;
    this.#scratch = join(question.work, 'scratch');
  }

  static async make(question: SidesQuestion): Promise<Sides> {
    const sides = new Sides(question);
    const {user} = await sides.#plan('');
    await mkdir(sides.#scratch);
    if (process.getuid?.() === 0) await chown(sides.#scratch, user.uid, user.gid);
    return sides;
  }

  /** A container of an image, with gpudock's launch settings or with none but the engine's own. */
  async container(image: string, settings: 'gpudock' | 'plain' = 'gpudock'): Promise<Side> {
    const {engine, folder} = this.#question;
    const plan = await this.#plan(image);
    return containerSide({
      engine,
      name: settings === 'plain' ? `plain docker, ${image}` : image,
      plan: settings === 'plain' ? withoutSettings(plan) : plan,
      python: 'python3',
      programs: this.#programs,
      scratch: this.#scratch,
      folder,
    });
  }

  /** The host as it is, or the image's own files on it without a container. */
  async host(mode: Mode, image: string): Promise<Side> {
    const {folder, work, engine, signal} = this.#question;
    const common = {python: 'python3', folder, scratch: this.#scratch};
    if (mode === 'as-shipped')
      return hostSide({...common, name: 'the host', programs: this.#programs, prefix: () => []});
    const tree = join(work, 'tree');
    await unpackTree(engine, image, tree, signal);
    const inside = {programs: '/gpudock-bench', scratch: '/gpudock-scratch', folder: '/workspace'};
    const {user} = (await this.#plan(image)).user;
    const binds = [
      `${this.#programs}:${inside.programs}`,
      `${this.#scratch}:${inside.scratch}`,
      `${folder}:${inside.folder}`,
    ];
    const env = withDriver((await localImage(engine, image))?.env ?? []);
    const prefix = treePrefix({
      programs: this.#programs,
      tree,
      user,
      binds,
      env: [...env, 'PYTHONDONTWRITEBYTECODE=1'],
    });
    return hostSide({...common, ...inside, name: 'the image’s files on the host', prefix});
  }

  async #plan(image: string): Promise<LaunchPlan> {
    const {world, host, gpus, work} = this.#question;
    const stat = await world.stat(work);
    const owner = stat.status === 'ok' ? stat.value : {uid: 0, gid: 0};
    return planLaunch({
      project: {dir: work, name: 'bench', requirements: []},
      image,
      host,
      caller: caller(world.env, {owner}),
      gpus,
      port: 0,
      portFixed: false,
      name: 'gpudock-bench',
      certificates: false,
      mayRaiseLimits: host.engine.rootless === true ? false : await mayRaiseLimits(world),
      dockerfile: null,
      decisions: [],
    });
  }
}

/** The image's environment, and where enter.sh puts the driver's libraries. */
function withDriver(env: readonly string[]): string[] {
  const name = 'LD_LIBRARY_PATH=';
  const own = env.find(entry => entry.startsWith(name))?.slice(name.length);
  return [...env.filter(entry => !entry.startsWith(name)), `${name}${own ? `${own}:` : ''}/gpudock-driver`];
}

/** What `docker run IMAGE` would set: nothing. */
function withoutSettings(plan: LaunchPlan): LaunchPlan {
  const {Image, Labels, WorkingDir, HostConfig} = plan.container;
  const {Binds, PortBindings} = HostConfig;
  const host = {Binds, PortBindings, ShmSize: 64 * 1024 * 1024, Ulimits: [], SecurityOpt: [], GroupAdd: []};
  return {...plan, container: {Image, Labels, WorkingDir, User: '', Env: [], ExposedPorts: {}, HostConfig: host}};
}

const FACTS_LIMIT = 60_000;

/** What a side is made of; null where it has no Python. */
export async function factsOf(side: Side, signal: AbortSignal): Promise<SideFacts | null> {
  const argv = [side.python, side.file('facts.py')];
  const {output} = await side
    .run({argv, place: null, inFolder: false, limit: FACTS_LIMIT, signal})
    .catch(() => ({output: ''}));
  return readSideFacts(output);
}
