import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, type RunOptions, readLab, tidyUp} from './gpudock.js';
import type {Lab} from './place.js';

/** Projects that are built in the lab, and what their images say. Everything made here goes with `end`. */
export class BuildBench {
  readonly lab: Lab;
  readonly engine: Engine;
  readonly #folders: string[] = [];
  readonly #standIns: string[] = [];

  private constructor(lab: Lab, engine: Engine) {
    this.lab = lab;
    this.engine = engine;
  }

  static async open(): Promise<BuildBench> {
    const lab = await readLab();
    const env = {...process.env, DOCKER_HOST: lab.host};
    return new BuildBench(lab, await connect({env, read: liveWorld(engineGetter).read}));
  }

  async project(files: Record<string, string>, uid = 0): Promise<string> {
    const folder = await makeProject(files, uid);
    this.#folders.push(folder);
    return folder;
  }

  /** The tag of a build that must have ended well; no GPU is asked for. */
  async built(folder: string, args: readonly string[] = [], options: RunOptions = {}): Promise<string> {
    const gpus = args.includes('--gpus') || args.includes('--locked') ? [] : ['--gpus', 'none'];
    return ended(await gpudock(this.lab, ['build', folder, ...gpus, ...args], options)).stdout.trim();
  }

  /** An image under a name that the lab's registry does not have: one program, `/bin/NAME`. It goes with `end`. */
  async standIn(image: string, program: string): Promise<void> {
    const name = image.replace(/^.*\/|:.*$/g, '');
    const folder = await mkdtemp(join(tmpdir(), 'gpudock-stand-in-'));
    try {
      await writeFile(join(folder, name), program, {mode: 0o755});
      await writeFile(join(folder, 'Dockerfile'), `FROM scratch\nCOPY ${name} /bin/${name}\n`);
      const args = ['build', '--provenance=false', `--tag=${image}`, folder];
      const env = {...process.env, DOCKER_HOST: this.lab.host, BUILDX_BUILDER: 'default', DOCKER_CONTEXT: ''};
      await promisify(execFile)(this.lab.buildx, args, {env});
      this.#standIns.push(image);
    } finally {
      await rm(folder, {recursive: true, force: true});
    }
  }

  /** What a command in a fresh container of the image prints. */
  async output(Image: string, Cmd: readonly string[]): Promise<string> {
    const Labels = {'gpudock.test': 'build'};
    const container = await this.engine.docker.createContainer({Image, Cmd: [...Cmd], Tty: true, Labels});
    try {
      await container.start();
      await container.wait();
      return String(await container.logs({stdout: true, follow: false})).replaceAll('\r', '');
    } finally {
      await container.remove({force: true});
    }
  }

  async end(): Promise<void> {
    for (const folder of this.#folders) {
      await gpudock(this.lab, ['prune', folder, '--keep', '0', '--yes']);
      await rm(folder, {recursive: true, force: true});
    }
    for (const image of this.#standIns) await this.engine.docker.getImage(image).remove();
    await tidyUp();
  }
}
