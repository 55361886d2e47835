import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {get} from 'node:http';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Container} from 'dockerode';
import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {JUPYTER_PROGRAM, JUPYTER_SETTINGS, jupyterSettings} from '../launch/jupyter.js';
import {CONTAINER_PORT, HOME, type LaunchPlan} from '../launch/plan.js';
import type {SecretFile} from '../launch/secrets.js';
import {packageRoot} from '../package-root.js';
import type {Engine} from './connect.js';
import {readFile, tarStream} from './container-file.js';
import {createContainer, lastLines, removeContainer, waitingLine} from './containers.js';
import {whyEnded} from './ended.js';
import {giveIdentity, type SharedFile} from './identity.js';
import {type Planned, type StartOptions, startPlanned} from './start.js';

/** A notebook that runs. */
export interface Notebook {
  id: string;
  name: string;
  /** On the engine's machine. */
  port: number;
  token: string;
}

/** Where a notebook answers from here, with its token. */
export interface NotebookLink {
  id: string;
  name: string;
  url: string;
}

export interface NotebookOptions extends Omit<StartOptions<void>, 'prepare'> {
  /** Files that everybody in the container may read. */
  certificates: SharedFile[];
  passwordHash: string | null;
  idleSeconds: number | null;
  /** The project's folder, where it is copied in; null: it is mounted. */
  copied: string | null;
}

/** Makes the container, which holds its GPUs from then on. */
export async function makeNotebook(engine: Engine, plan: LaunchPlan): Promise<Planned> {
  // What the start needs loads while the engine makes the container.
  const [container] = await Promise.all([createContainer(engine, plan.name, plan.container), tarStream()]);
  return {plan, container};
}

/** Starts the notebook that was made. Whatever fails or is interrupted on the way leaves no container. */
export async function startNotebook(
  engine: Engine,
  made: Planned,
  {signal, note, ...options}: NotebookOptions,
): Promise<Notebook & Planned> {
  const token = randomBytes(24).toString('hex');
  const prepare = ({container, plan}: Planned): Promise<void> => prepared(container, plan, token, options);
  const started = await startPlanned(engine, made, {prepare, signal, note});
  try {
    return {...started, ...(await opened(engine, started.container, made.plan.name, token))};
  } catch (error) {
    await removeContainer(engine, started.container.id, true);
    throw error;
  }
}

async function prepared(
  container: Container,
  {user, secrets}: LaunchPlan,
  token: string,
  {certificates, passwordHash, idleSeconds, copied}: Omit<NotebookOptions, 'signal' | 'note'>,
): Promise<void> {
  const settings = jupyterSettings({token, passwordHash, idleSeconds, root: user.uid === 0});
  await giveIdentity(container, {
    ...user,
    home: HOME,
    files: [...secrets, {path: JUPYTER_SETTINGS, text: JSON.stringify(settings)}, ...gpuUse(idleSeconds)],
    shared: certificates,
  });
  if (copied === null) return;
  const {sendProject} = await import('./project-copy.js');
  await sendProject(container, copied, user);
}

const gpuUse = (idleSeconds: number | null): SecretFile[] =>
  idleSeconds === null
    ? []
    : [{path: JUPYTER_PROGRAM, text: readFileSync(join(packageRoot(), 'templates/notebook_gpu_use.py'), 'utf8')}];

async function opened(engine: Engine, container: Container, name: string, token: string): Promise<Notebook> {
  return {id: container.id, name, token, port: await publishedPort(engine, container.id)};
}

/** A notebook that runs already; its token is read back from the container. */
export async function runningNotebook(engine: Engine, id: string, name: string): Promise<Notebook | null> {
  const container = engine.docker.getContainer(id);
  const text = await readFile(container, `${HOME}/${JUPYTER_SETTINGS}`);
  if (text === null) return null;
  const settings = JSON.parse(text) as {IdentityProvider?: {token?: unknown}};
  const token = settings.IdentityProvider?.token;
  return typeof token === 'string' ? opened(engine, container, name, token) : null;
}

async function publishedPort({docker}: Engine, id: string): Promise<number> {
  const {NetworkSettings} = await docker.getContainer(id).inspect();
  const port = Number(NetworkSettings.Ports[`${CONTAINER_PORT}/tcp`]?.[0]?.HostPort);
  if (Number.isInteger(port)) return port;
  throw new Failure({
    code: 'port_not_published',
    message: 'the notebook has no port on this machine',
    cause: 'it ended right after the start, or the engine publishes no ports',
    fix: `gpudock logs`,
  });
}

export const linkAt = (origin: string, {token}: Pick<Notebook, 'token'>): string => `${origin}/lab?token=${token}`;

/** milliseconds */
const POLL_INTERVAL = 20;

/**
 * Waits until the link answers 200. Throws `notebook_ended` with the last lines when the container ends first,
 * `notebook_broken` where what answers is an error page, and `notebook_silent` after `limit` milliseconds.
 */
export async function untilReady(
  engine: Engine,
  notebook: NotebookLink,
  {limit, signal, status}: {limit: number; signal: AbortSignal; status(line: string): void},
): Promise<void> {
  const end = Date.now() + limit;
  for (let round = 0; Date.now() < end; round++) {
    if (signal.aborted) throw interrupted('the wait for the notebook');
    const page = await pageAt(notebook.url);
    if (page !== null) return mustBeWhole(page);
    if (round % 20 === 19) await mustRun(engine, notebook);
    if (round % 50 === 49) status(await waitingLine(engine, notebook));
    await sleep(POLL_INTERVAL);
  }
  throw new Failure({
    code: 'notebook_silent',
    message: `the notebook did not answer within ${limit / 1000} seconds`,
    cause: 'its last lines stand above; it is still running',
    fix: `gpudock logs ${notebook.name}, gpudock stop ${notebook.name}`,
    details: await lastLines(engine, notebook.id, 15),
  });
}

/**
 * The page at the link, once it answers 200; else null. Plain HTTP: node's own fetch loses a request whose connection is
 * closed before the container listens.
 */
function pageAt(url: string): Promise<string | null> {
  return new Promise(resolve => {
    const call = get(url, {agent: false, timeout: ANSWER_LIMIT}, response => {
      let page = '';
      response.setEncoding('utf8');
      response.on('data', chunk => {
        page = `${page}${chunk}`.slice(0, PAGE_LIMIT);
      });
      response.on('end', () => resolve(response.statusCode === 200 ? page : null));
      response.on('error', () => resolve(null));
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(null));
  });
}

/** JupyterLab says with status 200 that it cannot show itself (ensure_app in its commands.py). */
function mustBeWhole(page: string): void {
  if (!page.includes('<title>JupyterLab Error</title>')) return;
  const said = [...page.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, text]) => text).join('; ');
  throw new Failure({
    code: 'notebook_broken',
    message: 'JupyterLab answers with an error page',
    cause: said.replaceAll('&#34;', '"').replaceAll('&quot;', '"') || 'the page does not say why',
    fix: 'the image lacks a part of JupyterLab: name jupyterlab in requirements.txt, so that it is installed anew',
  });
}

const ANSWER_LIMIT = 5_000;
/** Characters of a page that are kept. */
const PAGE_LIMIT = 65_536;

async function mustRun(engine: Engine, {id, name}: NotebookLink): Promise<void> {
  const {State} = await engine.docker.getContainer(id).inspect();
  if (State.Running) return;
  const why = await whyEnded(engine, id);
  throw new Failure({
    code: 'notebook_ended',
    message: `the notebook ended by itself (exit code ${why.exit})`,
    cause: why.cause,
    fix: why.fix ?? `gpudock logs ${name}`,
    details: why.details,
  });
}
