import type {Container} from 'dockerode';
import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import type {LaunchPlan} from '../launch/plan.js';
import type {Engine} from './connect.js';
import {createContainer, refused, removeContainer, type StartProblem, startProblem} from './containers.js';

/** A container that was made by a plan. */
export interface Planned {
  container: Container;
  plan: LaunchPlan;
}

export interface StartOptions<T> {
  /** What has to be done to the container before it starts; done again where it has to be made again. */
  prepare(planned: Planned): Promise<T>;
  signal: AbortSignal;
  /** A line for people: what had to be done differently. */
  note(line: string): void;
}

/**
 * Starts a container that was made. Where the engine refuses something that can be left out, it is made again without;
 * GPUs stay as planned. Whatever fails or is interrupted on the way leaves no container. Throws `port_taken`,
 * `limit_not_permitted`, or the engine's refusal.
 */
export async function startPlanned<T>(
  engine: Engine,
  made: Planned,
  options: StartOptions<T>,
): Promise<Planned & {prepared: T}> {
  const {container, plan} = made;
  try {
    const prepared = await options.prepare(made);
    if (options.signal.aborted) throw interrupted('the start');
    const problem = await start(container);
    if (problem === null) return {...made, prepared};
    const changed = adapted(plan, problem, options.note);
    await removeContainer(engine, container.id, true);
    const again = {plan: changed, container: await createContainer(engine, changed.name, changed.container)};
    return await startPlanned(engine, again, options);
  } catch (error) {
    await removeContainer(engine, container.id, true);
    throw error;
  }
}

/** null: it runs; else what to change. */
async function start(container: Container): Promise<StartProblem> {
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
function adapted(plan: LaunchPlan, problem: NonNullable<StartProblem>, note: (line: string) => void): LaunchPlan {
  const host = plan.container.HostConfig;
  if (problem === 'limit-not-permitted') {
    if (!host.Ulimits.some(({Name}) => Name === 'memlock')) throw limitRefused();
    note('this engine may not raise memlock: it stays as the engine has it');
    return withHostConfig(plan, {...host, Ulimits: host.Ulimits.filter(({Name}) => Name !== 'memlock')});
  }
  const bindings = Object.values(host.PortBindings).flat();
  const [first] = bindings.filter(({HostPort}) => HostPort !== '');
  if (plan.portFixed || first === undefined) throw portTaken(first?.HostPort ?? '');
  note(`port ${first.HostPort} is taken: the engine picks another`);
  const free = Object.entries(host.PortBindings).map(([port, at]) => [
    port,
    at.map(({HostIp}) => ({HostIp, HostPort: ''})),
  ]);
  return withHostConfig(plan, {...host, PortBindings: Object.fromEntries(free)});
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
