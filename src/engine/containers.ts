import {resolve} from 'node:path';
import type {Container} from 'dockerode';
import {Failure} from '../failure.js';
import {LABEL} from '../labels.js';
import type {Engine} from './connect.js';
import {reasonOf, statusOf} from './errors.js';
import {knownFailure} from './known-failure.js';
import {demultiplex} from './streams.js';
import {thisMachine} from './this-machine.js';

/** A container of ours, as the engine lists it. */
export interface Listed {
  id: string;
  name: string;
  image: string;
  /** The project folder it belongs to. */
  project: string;
  purpose: string;
  state: string;
  /** The engine's own words: "Up 3 minutes". */
  status: string;
  /** Port on this machine; null when none is published. */
  port: number | null;
  created: Date;
  /** Ids of the GPUs that it was given. */
  gpus: string[];
  /** Name of the machine whose folder it has a copy of; null: the folder is mounted, or it has none. */
  copiedFrom: string | null;
}

/** gpudock's containers, newest first; with `project` only that folder's. */
export async function listContainers({docker}: Engine, project?: string): Promise<Listed[]> {
  const label = project === undefined ? LABEL.project : `${LABEL.project}=${project}`;
  const containers = await docker.listContainers({all: true, filters: {label: [label]}});
  return containers
    .map(container => ({
      id: container.Id,
      name: container.Names[0]?.replace(/^\//, '') ?? container.Id.slice(0, 12),
      image: container.Image,
      project: container.Labels[LABEL.project] ?? '',
      purpose: container.Labels[LABEL.purpose] ?? '',
      state: container.State,
      status: container.Status,
      port: container.Ports.find(port => port.PublicPort)?.PublicPort ?? null,
      created: new Date(container.Created * 1000),
      gpus: container.Labels[LABEL.gpus]?.split(',') ?? [],
      copiedFrom: container.Labels[LABEL.copiedFrom] ?? null,
    }))
    .sort((a, b) => b.created.getTime() - a.created.getTime());
}

/** Whether its project is a folder of this machine: another machine that uses the same engine may have one of that name. */
export const isFromHere = ({copiedFrom}: Listed): boolean => copiedFrom === null || copiedFrom === thisMachine();

export const isRunning = ({state}: Listed): boolean => state === 'running';

/**
 * One of gpudock's containers by name, id prefix or project folder. Never one that somebody else made. Of a project's the
 * newest that is `wanted`, else the newest.
 */
export async function findContainer(engine: Engine, which: string, wanted = isRunning): Promise<Listed> {
  const all = await listContainers(engine);
  const ofProject = all.filter(container => container.project === resolve(which) && isFromHere(container));
  const found =
    all.find(container => container.name === which || container.id === which) ??
    ofProject.find(wanted) ??
    ofProject[0] ??
    all.find(container => which.length >= 4 && container.id.startsWith(which));
  if (found !== undefined) return found;
  throw new Failure({
    code: 'container_not_found',
    message: `gpudock runs nothing called ${which}`,
    cause: all.length === 0 ? 'it runs nothing at all' : `it has: ${all.map(container => container.name).join(', ')}`,
    fix: 'gpudock ps',
  });
}

/** Creates a container. Throws `name_taken`, or the engine's refusal. */
export async function createContainer(engine: Engine, name: string, body: Record<string, unknown>): Promise<Container> {
  // Apart: else the client writes all of it into the address too, and its variables would stand in the engine's log.
  const request = {name, _query: {name}, _body: body};
  try {
    return await engine.docker.createContainer(request);
  } catch (error) {
    if (statusOf(error) !== 409) throw await refused('the container could not be made', error);
    throw nameTaken(name, await holderOf(engine, name), error);
  }
}

/** Labels of the container that has the name; null: it has gone meanwhile. */
async function holderOf({docker}: Engine, name: string): Promise<Record<string, string> | null> {
  try {
    return (await docker.getContainer(name).inspect()).Config.Labels;
  } catch {
    return null;
  }
}

function nameTaken(name: string, holder: Record<string, string> | null, error: unknown): Failure {
  const project = holder?.[LABEL.project];
  const message = `a container called ${name} is there already`;
  const another = `choose another name: --name ${name}-2`;
  if (project === undefined)
    return new Failure({
      code: 'name_taken',
      message,
      cause: holder === null ? reasonOf(error) : "it is not gpudock's",
      fix: another,
    });
  const lead = holder?.[LABEL.purpose] === 'notebook' ? `gpudock open ${name} leads to it; ` : '';
  return new Failure({
    code: 'name_taken',
    message,
    cause: `gpudock has started it for ${project}`,
    fix: `${lead}gpudock rm ${name} removes it; or ${another}`,
  });
}

/** Why a start failed, as far as gpudock can do something about it. */
export type StartProblem = 'port-taken' | 'limit-not-permitted' | null;

/** Reads the engine's refusal of a start; it has a status code for none of these. */
export function startProblem(error: unknown): StartProblem {
  const reason = reasonOf(error);
  if (/error setting rlimit/.test(reason)) return 'limit-not-permitted';
  return /port is already allocated|address already in use/.test(reason) ? 'port-taken' : null;
}

/** The engine's refusal as a failure, with the known cause and fix where its words are a known failure's. */
export async function refused(message: string, error: unknown): Promise<Failure> {
  const reason = reasonOf(error);
  const known = await knownFailure([reason]);
  return new Failure(
    {
      code: known?.id ?? 'engine_refused',
      message,
      cause: known === null ? reason : `${reason} (${known.cause})`,
      fix: known?.fix ?? 'gpudock doctor',
    },
    {cause: error},
  );
}

/** The engine went away, and with it what is known of a container. */
export const engineLost = (error: unknown): Failure =>
  new Failure({
    code: 'engine_lost',
    message: 'the engine went away in the middle of it',
    cause: `nothing answers any more: ${reasonOf(error)}`,
    fix: 'once it is back: gpudock ps shows what still runs, or was left behind',
  });

/** Stops a container, giving it its own time (10 seconds unless it was made with more). One that has ended is fine. */
export async function stopContainer({docker}: Engine, id: string): Promise<void> {
  try {
    await docker.getContainer(id).stop();
  } catch (error) {
    if (statusOf(error) !== 304 && statusOf(error) !== 404)
      throw await refused('the container could not be stopped', error);
  }
}

/** Removes a container with its anonymous volumes. One that is gone already is fine. */
export async function removeContainer({docker}: Engine, id: string, force: boolean): Promise<void> {
  try {
    await docker.getContainer(id).remove({force, v: true});
  } catch (error) {
    if (statusOf(error) === null) throw engineLost(error);
    if (statusOf(error) !== 404) throw await refused('the container could not be removed', error);
  }
}

/** What a wait for a container waits for: its name, and the last thing that it said. */
export async function waitingLine(engine: Engine, {id, name}: {id: string; name: string}): Promise<string> {
  const [said] = await lastLines(engine, id, 1);
  return `waiting for ${name} to answer${said === undefined ? '' : `: ${said}`}`;
}

/** The last lines of a container's output, both streams in the order they were written; a terminal has but one. */
export async function lastLines({docker}: Engine, id: string, tail: number, tty = false): Promise<string[]> {
  const raw = await docker.getContainer(id).logs({stdout: true, stderr: true, tail, follow: false});
  return (tty ? raw : demultiplex(raw))
    .toString('utf8')
    .split(/\r\n|\n/)
    .filter(line => line.trim() !== '');
}
