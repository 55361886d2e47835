import type {Host} from '../contract/host.js';
import type {Step} from '../diagnosis/diagnosis.js';
import {Failure, isFailure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import type {World} from '../world/world.js';
import {withSettings} from './daemon-config.js';
import {type Entry, type FileEntry, hashOf, journalPath, readJournal, writeJournal} from './journal.js';
import {type Machine, machineOf, prove} from './machine.js';
import type {SetupPlan} from './plan.js';
import type {Action, Group, GroupId, Proof, SetupStep} from './step.js';

/** carried-out; declined by the user, or left out because a group before it was. */
export type GroupOutcome = 'carried-out' | 'declined';

export interface SetupTalk {
  /** Shows a group's steps and asks for consent. */
  agrees(group: Group): Promise<boolean>;
  say(line: string): void;
  /** What a command says while it works. */
  hear(line: string): void;
  /** Shows that something is still going on. */
  during<T>(what: string, work: Promise<T>): Promise<T>;
}

/**
 * Carries a plan out, group by group, with consent for each; every step is proved before the next. Where a step fails
 * the files of its group are put back, and what ran before stays done. Packages that were installed stay.
 */
export async function carryOut(
  world: World,
  host: Host,
  plan: SetupPlan,
  talk: SetupTalk,
  signal: AbortSignal,
): Promise<Map<GroupId, GroupOutcome>> {
  const outcomes = new Map<GroupId, GroupOutcome>();
  const site = await openSite(world, host, talk, signal);
  for (const group of plan.groups.filter(({state}) => state === 'needed')) {
    const without = group.after.some(id => outcomes.get(id) === 'declined');
    const agreed = !without && (await talk.agrees(group));
    if (agreed) await carryOutGroup(site, group);
    outcomes.set(group.id, agreed ? 'carried-out' : 'declined');
  }
  return outcomes;
}

interface Site {
  world: World;
  host: Host;
  machine: Machine;
  talk: SetupTalk;
  signal: AbortSignal;
  journal: {path: string; entries: Entry[]};
}

async function openSite(world: World, host: Host, talk: SetupTalk, signal: AbortSignal): Promise<Site> {
  const path = journalPath(world.env);
  const journal = {path, entries: await readJournal(world, path)};
  return {world, host, machine: machineOf(world, host, signal, line => talk.hear(line)), talk, signal, journal};
}

async function carryOutGroup(site: Site, group: Group): Promise<void> {
  const start = site.journal.entries.length;
  try {
    for (const step of group.steps) {
      if (site.signal.aborted) throw interrupted('setup');
      site.talk.say(step.does);
      await site.talk.during(step.does, taken(site, group, step));
    }
  } catch (error) {
    await putBack(site, group, start);
    throw error;
  }
}

async function taken(site: Site, group: Group, step: SetupStep): Promise<void> {
  await take(site, group, step);
  if (step.proof) await prove(site.machine, site.host, step.proof, site.signal);
}

/** Takes a step; what its files held is in the journal before they change. */
async function take(site: Site, group: Group, {does, action}: SetupStep): Promise<void> {
  const {machine, world, journal} = site;
  const paths = action.kind === 'run' ? action.changes : [action.path];
  const at = world.now().toISOString();
  const files = await Promise.all(
    paths.map(async (path): Promise<FileEntry> => {
      const before = (await machine.read(path))?.toString('base64') ?? null;
      return {kind: 'file', at, does, path, before, after: null, restart: group.restart.map(mutable)};
    }),
  );
  journal.entries.push(...files);
  if (files.length > 0) await writeJournal(journal.path, journal.entries);
  await perform(site, action);
  for (const file of files) file.after = hashOf(await machine.read(file.path));
  if (action.kind === 'run' && action.undo)
    journal.entries.push({kind: 'command', at, does, undo: mutable(action.undo)});
  await writeJournal(journal.path, journal.entries);
}

const mutable = ([program, ...args]: Step): [string, ...string[]] => [program, ...args];

async function perform({machine, world, signal}: Site, action: Action): Promise<void> {
  switch (action.kind) {
    case 'run':
      await machine.must(action.command, action.mayStop ? {signal} : {});
      return;
    case 'write':
      return machine.write(action.path, Buffer.from(action.text));
    case 'fetch':
      return machine.write(action.path, await fetched(world, action, signal));
    case 'settings': {
      const now = (await machine.read(action.path))?.toString('utf8') ?? null;
      return machine.write(action.path, Buffer.from(withSettings(action.path, now, action.settings)));
    }
  }
}

/** Longer than any key or list of repositories. */
const MOST_BYTES = 1_048_576;

/** The body, or a little more than may be kept of it. */
async function firstBytes(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    chunks.push(chunk);
    if (size > MOST_BYTES) break;
  }
  return Buffer.concat(chunks);
}

async function fetched(
  world: World,
  {url, begins}: {url: string; begins: string},
  signal: AbortSignal,
): Promise<Buffer> {
  let cause: string;
  try {
    const response = await world.fetch(url, {signal});
    const content = response.status === 200 ? await firstBytes(response.body) : Buffer.alloc(0);
    if (content.toString('utf8').trimStart().startsWith(begins) && content.length <= MOST_BYTES) return content;
    cause = response.status === 200 ? 'the answer is not what is kept there' : `it answers ${response.status}`;
  } catch (error) {
    if (signal.aborted) throw interrupted('setup');
    cause = error instanceof Error ? error.message : String(error);
  }
  throw new Failure({
    code: 'repository_unreachable',
    message: `${url} could not be fetched`,
    cause,
    fix: 'behind a proxy set HTTPS_PROXY; without a network: gpudock setup --packages DIR',
  });
}

/** After a failure: the group's files as they were, Docker at work again, half a copy thrown away. */
async function putBack(site: Site, group: Group, start: number): Promise<void> {
  const {machine, journal, talk} = site;
  const files = journal.entries.slice(start).filter((entry): entry is FileEntry => entry.kind === 'file');
  try {
    for (const {path, before} of files.toReversed()) await restore(machine, path, before);
    journal.entries = [
      ...journal.entries.slice(0, start),
      ...journal.entries.slice(start).filter(({kind}) => kind === 'command'),
    ];
    await writeJournal(journal.path, journal.entries);
    for (const command of [...group.restart, ...group.cleanup]) await machine.run(command);
    if (group.restarted) await dockerBack(site, group.restarted);
    if (files.length > 0) talk.say(`put back: ${files.map(({path}) => path).join(', ')}`);
  } catch (error) {
    // The first failure is the one to tell; what could not be put back stands in the journal.
    talk.say(`not put back (${isFailure(error) ? error.message : String(error)}): gpudock setup --undo`);
  }
}

/** The interrupt that led here ends no wait for Docker. */
async function dockerBack({machine, host, talk}: Site, answers: Proof): Promise<void> {
  const patient = new AbortController().signal;
  await prove(machine, host, answers, patient).catch(() => talk.say('Docker does not answer: gpudock doctor says why'));
}

/** A file as it was; `before` in base64, null: it was not there. */
export const restore = (machine: Machine, path: string, before: string | null): Promise<void> =>
  before === null ? machine.remove(path) : machine.write(path, Buffer.from(before, 'base64'));
