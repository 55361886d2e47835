import type {Host} from '../contract/host.js';
import {type Step, written} from '../diagnosis/diagnosis.js';
import {interrupted} from '../interrupt.js';
import type {World} from '../world/world.js';
import {restore} from './carry-out.js';
import {type Entry, hashOf, journalPath, readJournal, writeJournal} from './journal.js';
import {type Machine, machineOf} from './machine.js';

/** What would be taken back, newest first; `left`: what stays as it is, because it was changed since. */
export interface UndoPlan {
  journal: string;
  entries: readonly Entry[];
  left: readonly {path: string; why: string}[];
}

/** Reads the journal and looks at its files; changes nothing. */
export async function planUndo(world: World, host: Pick<Host, 'user'>): Promise<UndoPlan> {
  const machine = machineOf(world, host);
  const journal = journalPath(world.env);
  const entries: Entry[] = [];
  const left: {path: string; why: string}[] = [];
  // A file that two steps changed is as the later one left it; the earlier one's own state is what that one puts back.
  const willBe = new Map<string, string | null>();
  for (const entry of (await readJournal(world, journal)).toReversed()) {
    if (entry.kind === 'command') {
      entries.push(entry);
      continue;
    }
    const now = willBe.has(entry.path) ? willBe.get(entry.path) : hashOf(await machine.read(entry.path));
    if (now === entry.after) {
      entries.push(entry);
      willBe.set(entry.path, hashOf(entry.before === null ? null : Buffer.from(entry.before, 'base64')));
    } else {
      left.push({path: entry.path, why: 'it was changed after setup'});
    }
  }
  return {journal, entries, left};
}

/** What an entry's undoing does, for people. */
export const undoes = (entry: Entry): string => {
  if (entry.kind === 'command') return written([entry.undo]);
  return entry.before === null ? `remove ${entry.path}` : `put back ${entry.path} as it was on ${entry.at}`;
};

/**
 * Takes back what the plan lists, then lets Docker read its files again once. After a Ctrl-C nothing further is taken back, and
 * Docker reads what was. Whether Docker was started anew.
 */
export async function undo(
  world: World,
  host: Pick<Host, 'user'>,
  plan: UndoPlan,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const machine = machineOf(world, host);
  const done: Entry[] = [];
  let rest = await readJournal(world, plan.journal);
  for (const entry of plan.entries) {
    if (signal.aborted) break;
    say(undoes(entry));
    if (entry.kind === 'command') await machine.must(entry.undo);
    else await restore(machine, entry.path, entry.before);
    rest = rest.filter(other => JSON.stringify(other) !== JSON.stringify(entry));
    await writeJournal(plan.journal, rest);
    done.push(entry);
  }
  const restarted = await restartOnce(machine, done, say);
  if (signal.aborted) throw interrupted('setup --undo');
  return restarted;
}

/** Whether there was anything to restart. */
async function restartOnce(machine: Machine, entries: readonly Entry[], say: (line: string) => void): Promise<boolean> {
  const commands = entries.flatMap(entry => (entry.kind === 'file' ? entry.restart : []));
  const distinct = new Map<string, Step>(commands.map(command => [command.join('\0'), command]));
  for (const command of distinct.values()) {
    say(written([command]));
    await machine.must(command);
  }
  return distinct.size > 0;
}
