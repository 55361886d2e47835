import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {get} from 'node:http';
import {createServer} from 'node:net';
import {dirname} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type Docker from 'dockerode';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import type {LaunchPlan} from '../../src/launch/plan.js';
import {liveWorld} from '../../src/world/live.js';
import {ensureDockerCli} from '../../test/lab/docker-cli.js';
import {timed} from './pairs.js';

const TOKEN = 'bench';
const POLL_INTERVAL_MS = 40;
/** Two minutes: a notebook that needs longer is broken, not slow. */
const READY_LIMIT_MS = 120_000;

export interface LaunchPairs {
  ours(): Promise<number>;
  plain(): Promise<number>;
  end(): Promise<void>;
}

/** Both ways to a notebook of `project` that answers; null when no engine does. Builds the image first. */
export async function launchPairs(project: string): Promise<LaunchPairs | null> {
  const engine = await connect(liveWorld(engineGetter)).catch(() => null);
  if (engine === null) return null;
  const {docker} = engine;
  gpudock('build', project);
  const port = String(await freePort());
  const plan = JSON.parse(gpudock('notebook', project, '--port', port, '--dry-run', '--json')) as LaunchPlan;
  const pasted = await pastedLine(docker, plan, `http://127.0.0.1:${port}/lab?token=${TOKEN}`);
  return {
    async ours() {
      let ended: Promise<unknown> = Promise.resolve();
      const time = await timed(async () => {
        const args = ['bin/run.js', 'notebook', project, '--port', port, '--no-open'];
        const started = spawn(process.execPath, args, {stdio: ['ignore', 'pipe', 'ignore']});
        ended = once(started, 'close');
        // What it prints there is the link, which has answered 200 by then.
        const printed = await Promise.race([once(started.stdout, 'data'), ended.then(() => '')]);
        if (!String(printed).startsWith('http://')) throw new Error('gpudock notebook ended without a link');
      });
      await ended;
      await removeAll(docker, project);
      return time;
    },
    async plain() {
      const time = await timed(() => pasted());
      await removeAll(docker, project);
      return time;
    },
    end: () => removeAll(docker, project, plan.image),
  };
}

function gpudock(...args: string[]): string {
  const {status, stdout, stderr} = spawnSync(process.execPath, ['bin/run.js', ...args], {encoding: 'utf8'});
  if (status === 0) return stdout;
  throw new Error(`gpudock ${args.join(' ')}: exit ${status}\n${stderr}`);
}

/** 8888 may belong to a notebook of the person who measures. */
function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * The line that `--dry-run` prints, pasted into a shell, and a polling loop. The token is an argument there, where
 * gpudock puts it into a file of the container.
 */
async function pastedLine(docker: Docker, {image, command}: LaunchPlan, url: string): Promise<() => Promise<void>> {
  const {Config} = await docker.getImage(image).inspect();
  const words = [...(Config.Cmd ?? []), `--IdentityProvider.token=${TOKEN}`, '--ServerApp.allow_root=True'];
  const PATH = `${dirname(await ensureDockerCli())}:${process.env.PATH}`;
  return async () => {
    const {status, stderr} = spawnSync('sh', ['-c', `${command} "$@"`, 'sh', ...words], {
      encoding: 'utf8',
      env: {...process.env, PATH},
    });
    if (status !== 0) throw new Error(`docker run: exit ${status}\n${stderr}`);
    await untilAnswers(url);
  };
}

async function untilAnswers(url: string): Promise<void> {
  const end = Date.now() + READY_LIMIT_MS;
  while (!(await answers(url))) {
    if (Date.now() > end) throw new Error(`${url} did not answer`);
    await sleep(POLL_INTERVAL_MS);
  }
}

const answers = (url: string): Promise<boolean> =>
  new Promise(resolve => {
    const call = get(url, {agent: false}, response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('error', () => resolve(false));
  });

/** The containers of the project, and its image where one is named. */
async function removeAll(docker: Docker, project: string, image?: string): Promise<void> {
  const filters = {label: [`gpudock.project=${project}`]};
  for (const {Id} of await docker.listContainers({all: true, filters})) {
    await docker.getContainer(Id).remove({force: true});
  }
  if (image !== undefined) await docker.getImage(image).remove({force: true});
}
