import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {packageRoot} from './package-root.js';

/** Flags as far as the words of a command line depend on them. */
export type Argued = Readonly<Record<string, {type: string; char?: string | undefined}>>;

/**
 * Puts `--` before the first word that belongs to the program: the one after `wordsBefore` plain words. A `--` that is
 * there already stands for itself.
 */
export function separated(argv: readonly string[], flags: Argued, wordsBefore: number): string[] {
  let words = 0;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') return [...argv];
    if (word.startsWith('-') && word !== '-') {
      if (takesNext(word, flags)) at++;
    } else if (words++ === wordsBefore) return [...argv.slice(0, at), '--', ...argv.slice(at)];
  }
  return [...argv];
}

function takesNext(word: string, flags: Argued): boolean {
  const name = word.replace(/^--?/, '');
  const flag = word.startsWith('--')
    ? flags[name]
    : word.length === 2
      ? Object.values(flags).find(({char}) => char === name)
      : undefined;
  return flag?.type === 'option';
}

/** How many plain words stand before the program's name, for the commands that run one. */
const WORDS_BEFORE: Readonly<Record<string, number>> = {run: 0, exec: 1};

/** The command line with `--` before the words of a program of the user's: a `--help` among them is the program's. */
export function withProgramApart(argv: readonly string[]): string[] {
  const [command = '', ...rest] = argv;
  const wordsBefore = WORDS_BEFORE[command];
  if (wordsBefore === undefined) return [...argv];
  const manifest = JSON.parse(readFileSync(join(packageRoot(), 'oclif.manifest.json'), 'utf8')) as {
    commands: Record<string, {flags: Argued}>;
  };
  return [command, ...separated(rest, manifest.commands[command]?.flags ?? {}, wordsBefore)];
}
