import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import type {Container} from 'dockerode';
import type {Engine} from '../engine/connect.js';
import {createContainer, refused, removeContainer, startProblem} from '../engine/containers.js';
import {giveIdentity, type Identity} from '../engine/identity.js';
import {limitRefused} from '../engine/start.js';
import {demultiplex} from '../engine/streams.js';
import {isFailure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import type {LaunchPlan} from '../launch/plan.js';
import {type BodyOptions, PROGRAMS, SCRATCH, SERVER_PORT, serverBody, trialBody} from './container-body.js';
import {readStarted} from './phases.js';
import type {Program, Side, Started} from './side.js';
import {waitForServer} from './wait.js';

export interface ContainerSideOptions extends BodyOptions {
  engine: Engine;
  name: string;
  python: string;
  /** The user's name and home inside; null: the image's own. */
  identity: Identity | null;
}

/** A fresh container a run, with the settings that gpudock launches with. It is removed in every case. */
export function containerSide(options: ContainerSideOptions): Side {
  const {engine, name, python, identity} = options;
  let {plan} = options;
  const attempt = async (program: Program): Promise<Started> => {
    const begin = process.hrtime.bigint();
    const container = await createContainer(engine, newName(), trialBody({...options, plan}, program));
    const phases: Started['phases'] = {create: process.hrtime.bigint()};
    try {
      if (identity !== null) {
        await giveIdentity(container, identity);
        phases.identity = process.hrtime.bigint();
      }
      return await runToEnd(container, program, {begin, phases});
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
    async serve(argv, port, signal) {
      const server = [...argv, '0.0.0.0', String(SERVER_PORT)];
      const container = await createContainer(engine, newName(), serverBody({...options, plan}, server, port));
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

/** The engine gives a container whose program it cannot find the exit code that a shell gives it. */
async function hadNoProgram(container: Container): Promise<boolean> {
  const {State} = await container.inspect();
  return State.ExitCode === NOT_FOUND;
}

const NOT_FOUND = 127;

async function runToEnd(
  container: Container,
  {limit, signal}: Program,
  {begin, phases}: Pick<Started, 'begin' | 'phases'>,
): Promise<Started> {
  if (signal.aborted) throw interrupted('the benchmark');
  try {
    await started(container);
  } catch (error) {
    if (!(await hadNoProgram(container))) throw error;
    return {exit: null, output: '', trouble: 'not-found', begin, phases};
  }
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
    const missing = StatusCode === NOT_FOUND ? 'not-found' : null;
    const all = {...phases, start: running, ...readStarted(output)};
    return {exit: trouble === null ? StatusCode : null, output, trouble: trouble ?? missing, begin, phases: all};
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  }
}
