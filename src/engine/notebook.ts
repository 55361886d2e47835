import {randomBytes} from 'node:crypto';
import {get} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Container} from 'dockerode';
import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {CERTIFICATES, CONTAINER_PORT, HOME, type LaunchPlan} from '../launch/plan.js';
import type {Engine} from './connect.js';
import {createContainer, lastLines, refused, removeContainer, startProblem, waitingLine} from './containers.js';
import {giveIdentity, readFile} from './identity.js';
import {knownFailure} from './known-failure.js';

/** A notebook that runs: where it answers, with its token. */
export interface Notebook {
  id: string;
  name: string;
  url: string;
}

export interface StartOptions {
  /** PEM bundle for the container; null: the image's own certificates do. */
  certificates: Uint8Array | null;
  signal: AbortSignal;
  /** A line for people: what had to be done differently. */
  note(line: string): void;
}

/** Jupyter reads it before its command line; a token there is shown by no `ps`, `inspect`, label or log. */
const SETTINGS_FILE = '.jupyter/jupyter_server_config.json';

/** Starts the planned notebook. Whatever fails or is interrupted on the way leaves no container. */
export async function startNotebook(engine: Engine, plan: LaunchPlan, options: StartOptions): Promise<Notebook> {
  const token = randomBytes(24).toString('hex');
  const container = await createContainer(engine, plan.name, plan.container);
  try {
    await prepare(container, plan, token, options.certificates);
    if (options.signal.aborted) throw interrupted('the start');
    const problem = await start(container);
    if (problem === null) return await opened(engine, container, plan.name, token);
    await removeContainer(engine, container.id, true);
    return await startNotebook(engine, adapted(plan, problem, options), options);
  } catch (error) {
    await removeContainer(engine, container.id, true);
    throw error;
  }
}

async function prepare(
  container: Container,
  plan: LaunchPlan,
  token: string,
  certificates: Uint8Array | null,
): Promise<void> {
  // Jupyter refuses to run as root unless told so; here root was decided on, with its reason in the plan.
  const settings = {IdentityProvider: {token}, ...(plan.user.uid === 0 ? {ServerApp: {allow_root: true}} : {})};
  await giveIdentity(container, {
    ...plan.user,
    home: HOME,
    files: [{path: SETTINGS_FILE, text: JSON.stringify(settings)}],
    shared: certificates === null ? [] : [{path: CERTIFICATES, content: certificates}],
  });
}

/** null: it runs; else what to change. */
async function start(container: Container): Promise<'port-taken' | 'limit-not-permitted' | null> {
  try {
    await container.start();
    return null;
  } catch (error) {
    const problem = startProblem(error);
    if (problem === null) throw await refused('the container could not be started', error);
    return problem;
  }
}

/** The same plan without what the engine refused. */
function adapted(plan: LaunchPlan, problem: 'port-taken' | 'limit-not-permitted', {note}: StartOptions): LaunchPlan {
  const host = plan.container.HostConfig;
  if (problem === 'limit-not-permitted') {
    if (!host.Ulimits.some(({Name}) => Name === 'memlock')) throw limitRefused();
    note('this engine may not raise memlock: it stays as the engine has it');
    return withHostConfig(plan, {...host, Ulimits: host.Ulimits.filter(({Name}) => Name !== 'memlock')});
  }
  const bindings = host.PortBindings[`${CONTAINER_PORT}/tcp`] ?? [];
  if (plan.portFixed || bindings.every(({HostPort}) => HostPort === '')) throw portTaken(bindings[0]?.HostPort ?? '');
  note(`port ${bindings[0]?.HostPort} is taken: the engine picks another`);
  const free = bindings.map(({HostIp}) => ({HostIp, HostPort: ''}));
  return withHostConfig(plan, {...host, PortBindings: {[`${CONTAINER_PORT}/tcp`]: free}});
}

const withHostConfig = (plan: LaunchPlan, HostConfig: LaunchPlan['container']['HostConfig']): LaunchPlan => ({
  ...plan,
  container: {...plan.container, HostConfig},
});

export const portTaken = (port: string): Failure =>
  new Failure({
    code: 'port_taken',
    message: `port ${port} is taken`,
    cause: 'another program or container listens there',
    fix: 'choose another with --port, or leave it out: gpudock finds a free one',
  });

/** An engine that refuses even the limits that are left. */
export const limitRefused = (): Failure =>
  new Failure({
    code: 'limit_not_permitted',
    message: 'the engine may not raise a limit of the container',
    cause: 'it runs without the right to (rootless, or inside a container)',
    fix: 'gpudock doctor',
  });

async function opened(engine: Engine, container: Container, name: string, token: string): Promise<Notebook> {
  const port = await publishedPort(engine, container.id);
  return {id: container.id, name, url: link(engine, port, token)};
}

/** The link of a notebook that runs already; its token is read back from the container. */
export async function runningNotebook(engine: Engine, id: string, name: string): Promise<Notebook | null> {
  const container = engine.docker.getContainer(id);
  const text = await readFile(container, `${HOME}/${SETTINGS_FILE}`);
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

function link(engine: Engine, port: number, token: string): string {
  const {host} = engine.endpoint;
  const machine = /^(?:tcp|ssh):/.test(host) ? new URL(host).hostname : '127.0.0.1';
  return `http://${machine}:${port}/lab?token=${token}`;
}

/** milliseconds */
const POLL_INTERVAL = 20;

/**
 * Waits until the link answers 200. Throws `notebook_ended` with the last lines when the container ends first, and
 * `notebook_silent` after `limit` milliseconds.
 */
export async function untilReady(
  engine: Engine,
  notebook: Notebook,
  {limit, signal, status}: {limit: number; signal: AbortSignal; status(line: string): void},
): Promise<void> {
  const end = Date.now() + limit;
  for (let round = 0; Date.now() < end; round++) {
    if (signal.aborted) throw interrupted('the wait for the notebook');
    if (await answers(notebook.url)) return;
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

/** Plain HTTP: node's own fetch loses a request whose connection is closed before the container listens. */
function answers(url: string): Promise<boolean> {
  return new Promise(resolve => {
    const call = get(url, {agent: false, timeout: ANSWER_LIMIT}, response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
  });
}

const ANSWER_LIMIT = 5_000;

async function mustRun(engine: Engine, {id, name}: Notebook): Promise<void> {
  const {State} = await engine.docker.getContainer(id).inspect();
  if (State.Running) return;
  const details = await lastLines(engine, id, 15);
  const known = await knownFailure(details);
  throw new Failure({
    code: 'notebook_ended',
    message: `the notebook ended by itself (exit code ${State.ExitCode})`,
    cause: State.OOMKilled ? 'it ran out of memory' : (known?.cause ?? 'its last lines stand above'),
    fix: known?.fix ?? `gpudock logs ${name}`,
    details,
  });
}
