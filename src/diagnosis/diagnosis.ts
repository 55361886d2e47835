import type {Finding, Host} from '../contract/host.js';
import type {Evidence} from './evidence.js';

/** A command of a remedy: a program and its arguments, never a shell line. */
export type Step = readonly [program: string, ...args: string[]];

/** What would mend a finding. `undo` takes it back, where that is possible. */
export interface Remedy {
  steps: readonly Step[];
  undo?: readonly Step[];
}

/** A finding of the doctor; with a remedy where commands alone mend it. */
export interface Diagnosis extends Finding {
  remedy?: Remedy;
}

/** One question about a host. Pure; without the facts it needs it finds nothing. */
export type Check = (host: Host, evidence: Evidence) => Diagnosis[];

/** A step that needs root, for the user of this host. */
export const asRoot = ({user}: Pick<Host, 'user'>, ...command: Step): Step =>
  user.uid === 0 ? command : ['sudo', ...command];

/** A remedy as a line to paste. */
export const written = (steps: readonly Step[]): string => steps.map(step => step.map(quoted).join(' ')).join(' && ');

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A diagnosis whose fix is a remedy. */
export const mendable = (diagnosis: Omit<Diagnosis, 'fix' | 'remedy'>, remedy: Remedy): Diagnosis => ({
  ...diagnosis,
  fix: written(remedy.steps),
  remedy,
});

/** True where the host has an NVIDIA GPU; a host of which that is not known has none to complain about. */
export const hasGpu = ({gpus}: Pick<Host, 'gpus'>): boolean => (gpus?.length ?? 0) > 0;

/** An engine on this machine that reads this machine's files: one of a snap has its own, Docker Desktop a machine of its own. */
export const hasLocalEngine = ({engine}: Pick<Host, 'engine'>): boolean =>
  engine.kind !== null && engine.remote !== true && engine.desktop !== true && engine.snap !== true;
