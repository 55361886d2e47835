import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import type {Container, ContainerCreateOptions} from 'dockerode';
import type {Engine} from '../engine/connect.js';
import {createContainer, refused, removeContainer, startProblem} from '../engine/containers.js';
import {demultiplex} from '../engine/logs.js';
import {limitRefused} from '../engine/start.js';
import {isFailure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import type {LaunchPlan} from '../launch/plan.js';
import {readStarted} from './phases.js';
import type {Program, Side, Started} from './side.js';
import {waitForServer} from './wait.js';

export interface ContainerSideOptions {
  engine: Engine;
  name: string;
  /** The launch as gpudock has it; its command, ports and mounts are the benchmark's. */
  plan: LaunchPlan;
  python: string;
  /** On this machine. */
  programs: string;
  scratch: string;
  folder: string;
}

const PROGRAMS = '/gpudock-bench';
const SCRATCH = '/gpudock-scratch';
const WORKSPACE = '/workspace';
const SERVER_PORT = 8000;

/** A fresh container a run, with the settings that gpudock launches with. It is removed in every case. */
export function containerSide(options: ContainerSideOptions): Side {
  const {engine, name, python} = options;
  let {plan} = options;
  const attempt = async (program: Program): Promise<Started> => {
    const begin = process.hrtime.bigint();
    const container = await createContainer(engine, newName(), body({...options, plan}, program));
    const created = process.hrtime.bigint();
    try {
      return await runToEnd(container, program, {begin, created});
    } finally {
      await removeContainer(engine, container.id, true);
    }
  };
  return {
    name,
    python,
    file: program => join(PROGRAMS, program),
    // An anonymous volume over /tmp takes that folder's rights over, so that any user may write there.
    folder: place => (place === 'bind' ? SCRATCH : '/tmp'),
    async run(program: Program): Promise<Started> {
      try {
        return await attempt(program);
      } catch (error) {
        // Seen in the first run of a side, which no figure comes from.
        if (startProblem((error as Error).cause) !== 'limit-not-permitted') throw error;
        plan = withoutLockedMemory(plan);
        return attempt(program);
      }
    },
    async serve(port, signal) {
      const argv = [python, join(PROGRAMS, 'server.py'), '0.0.0.0', String(SERVER_PORT)];
      const program = {argv, place: null, inFolder: false};
      const container = await createContainer(engine, newName(), published(body({...options, plan}, program), port));
      const close = () => removeContainer(engine, container.id, true);
      try {
        await started(container);
        await waitForServer(port, signal);
        return {close};
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

/** The engine may not raise the limit here: it stays as it is. */
function withoutLockedMemory(plan: LaunchPlan): LaunchPlan {
  const {HostConfig} = plan.container;
  const Ulimits = HostConfig.Ulimits.filter(({Name}) => Name !== 'memlock');
  if (Ulimits.length === HostConfig.Ulimits.length) throw limitRefused();
  return {...plan, container: {...plan.container, HostConfig: {...HostConfig, Ulimits}}};
}

const newName = (): string => `gpudock-bench-${randomBytes(4).toString('hex')}`;

async function started(container: Container): Promise<void> {
  try {
    await container.start();
  } catch (error) {
    throw isFailure(error) ? error : await refused('the container could not be started', error);
  }
}

async function runToEnd(
  container: Container,
  {limit, signal}: Program,
  {begin, created}: {begin: bigint; created: bigint},
): Promise<Started> {
  if (signal.aborted) throw interrupted('the benchmark');
  await started(container);
  const running = process.hrtime.bigint();
  let trouble: Started['trouble'] = null;
  const kill = (why: Started['trouble']) => () => {
    trouble ??= why;
    // One that has ended by itself cannot be killed, and need not be.
    container.kill().catch(() => {});
  };
  const timer = setTimeout(kill('limit'), limit);
  const interrupt = kill('interrupted');
  signal.addEventListener('abort', interrupt, {once: true});
  try {
    const {StatusCode} = (await container.wait()) as {StatusCode: number};
    const output = demultiplex(await container.logs({stdout: true, stderr: true, follow: false})).toString('utf8');
    const missing = StatusCode === 127 ? 'not-found' : null;
    const phases = {create: created, start: running, ...readStarted(output)};
    return {exit: trouble === null ? StatusCode : null, output, trouble: trouble ?? missing, begin, phases};
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  }
}

function body(
  {plan, programs, scratch, folder, python}: ContainerSideOptions,
  {argv, place, inFolder}: Pick<Program, 'argv' | 'place' | 'inFolder'>,
): ContainerCreateOptions & Record<string, unknown> {
  const {ExposedPorts: _exposed, ...container} = plan.container;
  const {PortBindings: _bindings, ...host} = container.HostConfig;
  return {
    ...container,
    Entrypoint: [argv[0] ?? python],
    Cmd: argv.slice(1),
    Env: [...container.Env, 'PYTHONDONTWRITEBYTECODE=1'],
    Labels: {...container.Labels, 'gpudock.purpose': 'bench'},
    WorkingDir: inFolder ? WORKSPACE : '/',
    ...(place === 'volume' ? {Volumes: {'/tmp': {}}} : {}),
    HostConfig: {
      ...host,
      Binds: [`${programs}:${PROGRAMS}:ro`, `${scratch}:${SCRATCH}`, ...(inFolder ? [`${folder}:${WORKSPACE}`] : [])],
    },
  };
}

/** With its port open to this machine alone. */
function published(container: ReturnType<typeof body>, port: number): Record<string, unknown> {
  const exposed = `${SERVER_PORT}/tcp`;
  return {
    ...container,
    ExposedPorts: {[exposed]: {}},
    HostConfig: {...container.HostConfig, PortBindings: {[exposed]: [{HostIp: '127.0.0.1', HostPort: String(port)}]}},
  };
}
