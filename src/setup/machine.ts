import {dirname} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Host} from '../contract/host.js';
import {asRoot, type Step, written} from '../diagnosis/diagnosis.js';
import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import type {Command, Outcome, World} from '../world/world.js';
import type {Proof} from './step.js';

type More = Pick<Command, 'input' | 'signal' | 'onLine'>;

/** The machine as setup changes it: commands, and files that may need root. */
export interface Machine {
  run(command: Step, more?: More): Promise<Outcome>;
  /** Runs a command that must end well. Throws `setup_step_failed`. */
  must(command: Step, more?: More): Promise<string>;
  /** null: there is no such file. */
  read(path: string): Promise<Buffer | null>;
  /** A file that is there keeps its owner and mode; a new one may be read by all. The content is text. */
  write(path: string, content: Buffer): Promise<void>;
  remove(path: string): Promise<void>;
}

/** A copy of terabytes is a step too; what hangs is ended by Ctrl-C. */
const STEP_LIMIT = 12 * 3_600_000;

/** `signal`: a step that fails after it is an interrupted one. `onLine` hears what the commands say. */
export function machineOf(
  world: World,
  host: Pick<Host, 'user'>,
  signal?: AbortSignal,
  onLine?: (line: string) => void,
): Machine {
  // Administration's programs lie where not every user looks.
  const env = {PATH: `${world.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`, LC_ALL: 'C.UTF-8'};
  const run: Machine['run'] = ([program, ...args], more = {}) =>
    world.run({program, args, env, timeout: STEP_LIMIT, ...(onLine && {onLine}), ...more});
  const must: Machine['must'] = async (command, more) => {
    const outcome = await run(command, more);
    if (outcome.status === 'ran' && outcome.exit === 0) return outcome.stdout;
    throw signal?.aborted ? interrupted('setup') : stepFailed(command, outcome);
  };
  const read: Machine['read'] = async path => {
    const file = await world.read(path);
    if (file.status === 'ok') return Buffer.from(file.value);
    if (file.status === 'not-found') return null;
    return Buffer.from(await must(asRoot(host, 'cat', path)));
  };
  return {
    run,
    must,
    read,
    write: async (path, content) => {
      const there = (await read(path)) !== null;
      if (!there) await must(asRoot(host, 'mkdir', '--parents', '--mode=755', dirname(path)));
      await must(asRoot(host, 'tee', path), {input: content.toString('utf8')});
      // Whatever root's umask is: apt reads its keys as another user.
      if (!there) await must(asRoot(host, 'chmod', '644', path));
    },
    remove: async path => {
      await must(asRoot(host, 'rm', '--force', path));
    },
  };
}

function stepFailed(command: Step, outcome: Outcome): Failure {
  const [said, complained] = [outcome.stdout, outcome.stderr].map(text => text.split('\n').filter(line => line.trim()));
  const last = complained?.at(-1) ?? 'it says nothing';
  return new Failure({
    code: 'setup_step_failed',
    message: `${written([command])} failed`,
    cause: outcome.status === 'ran' ? `exit code ${outcome.exit}: ${last}` : `it could not be run: ${outcome.status}`,
    fix: 'see what it says above; setup may be run again, and goes on where it stopped',
    details: [...(said ?? []).slice(-5), ...(complained ?? []).slice(-8)],
  });
}

const POLL_INTERVAL = 500;

/** Waits until a proof holds, no longer than its patience. Throws `setup_not_verified`. */
export async function prove(
  machine: Machine,
  host: Pick<Host, 'user'>,
  proof: Proof,
  signal: AbortSignal,
): Promise<void> {
  if (proof.kind === 'same-tree') return proveSameTree(machine, host, proof);
  let attempts = Math.floor((proof.patience * 1_000) / POLL_INTERVAL);
  for (;;) {
    const outcome = await machine.run(proof.command);
    const ended = outcome.status === 'ran' && outcome.exit === 0;
    if (ended && (proof.says === null || outcome.stdout.includes(proof.says))) return;
    if (signal.aborted) throw interrupted('setup');
    if (attempts-- <= 0) throw notProved(proof.command, proof.says, outcome);
    await sleep(POLL_INTERVAL);
  }
}

const notProved = (command: Step, says: string | null, outcome: Outcome): Failure =>
  new Failure({
    code: 'setup_not_verified',
    message: `a step ran, and did not do what it should: ${written([command])}`,
    cause: says === null ? 'that should end well, and does not' : `that should say ${says}, and does not`,
    fix: 'see what it says above; gpudock doctor looks for the cause',
    details: `${outcome.stdout.trim()}\n${outcome.stderr.trim()}`.split('\n').filter(Boolean).slice(-8),
  });

async function proveSameTree(
  machine: Machine,
  host: Pick<Host, 'user'>,
  {from, to}: {from: string; to: string},
): Promise<void> {
  const [before, after] = [await treeOf(machine, host, from), await treeOf(machine, host, to)];
  if (before.inodes === after.inodes && before.bytes === after.bytes) return;
  throw new Failure({
    code: 'setup_not_verified',
    message: `the copy in ${to} is not the same as ${from}`,
    cause: `${before.inodes} inodes and ${before.bytes} bytes against ${after.inodes} and ${after.bytes}`,
    fix: 'nothing was switched over; try again, or look at the disk (dmesg)',
  });
}

async function treeOf(
  machine: Machine,
  host: Pick<Host, 'user'>,
  path: string,
): Promise<{inodes: number; bytes: number}> {
  const counted = await machine.must(asRoot(host, 'du', '--summarize', '--inodes', '--one-file-system', path));
  const sizes = await machine.must(asRoot(host, 'find', path, '-xdev', '-type', 'f', '-printf', '%s\n'));
  const bytes = sizes.split('\n').reduce((sum, size) => sum + Number(size), 0);
  return {inodes: Number.parseInt(counted, 10), bytes};
}
