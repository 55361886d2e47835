import type {BenchTrial} from '../contract/bench.js';
import {median} from './statistics/center.js';

const SIDES = ['host', 'container'] as const;
type Names = Record<BenchTrial['side'], string>;

/** Of a start, in their order; a process on the host is neither created nor started by an engine. */
const PHASES = ['create', 'identity', 'start', 'interpreter', 'import', 'cuda'] as const;

/** Medians of the phases of a start on each side. */
export function phaseNotes(trials: readonly BenchTrial[], names: Names): string[] {
  return SIDES.flatMap(side => {
    const readings = trials.filter(trial => trial.side === side).map(trial => trial.readings ?? {});
    if (readings[0]?.interpreter === undefined) return [];
    const phases = PHASES.filter(phase => readings[0]?.[phase] !== undefined).map(phase => {
      const times = readings.map(reading => reading[phase]).filter(time => typeof time === 'number');
      return `${phase} ${median(times).toFixed(0)} ms`;
    });
    return [`${names[side]}: ${phases.join(', ')}`];
  });
}

/** What a program found of its files, and in what state it measured them. */
const STATES = {fileSystem: 'files', pageCache: 'page cache', bytecode: 'bytecode'} as const;

/** Of each state what it was; of each side where the two differ. */
export function stateNotes(trials: readonly BenchTrial[], names: Names): string[] {
  const found = (side: BenchTrial['side'], state: keyof typeof STATES): string =>
    [...new Set(trials.filter(trial => trial.side === side).map(({readings}) => readings?.[state] ?? 'not told'))].join(
      ' or ',
    );
  return (Object.keys(STATES) as (keyof typeof STATES)[])
    .filter(state => trials.some(({readings}) => readings?.[state] !== undefined))
    .map(state => {
      const [host, container] = [found('host', state), found('container', state)];
      const words = host === container ? host : `${names.host} ${host}, ${names.container} ${container}`;
      return `${STATES[state]}: ${words}`;
    });
}
