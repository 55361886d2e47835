import {interrupted} from '../interrupt.js';
import {printable} from './printable.js';
import {isReadOut} from './read-out.js';
import {QUESTION_STYLE, questionScreen} from './screen.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Whether there is somebody to ask. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks on stderr, because stdout belongs to the result; No is what Enter means. Throws `interrupted` at Ctrl-C. */
export async function consent(message: string, env: Env): Promise<boolean> {
  if (isReadOut(env)) return /^y(?:es)?$/i.test(await answerTo(`${message} (y/N)`));
  const prompt = await promptOn(env);
  const question = {type: 'confirm' as const, name: 'agreed', message, default: false, theme: QUESTION_STYLE};
  return (await untilQuit(prompt<{agreed: boolean}>([question]))).agreed;
}

/** One of several, on stderr; Enter means the first. Throws `interrupted` at Ctrl-C. */
export async function choice<T extends string>(
  message: string,
  choices: readonly {value: T; name: string}[],
  env: Env,
): Promise<T> {
  if (isReadOut(env)) return numberOf(message, choices);
  const prompt = await promptOn(env);
  const question = {type: 'select' as const, name: 'chosen', message, choices: [...choices], theme: QUESTION_STYLE};
  const {chosen} = await untilQuit(prompt<{chosen: string}>([question]));
  return choices.find(({value}) => value === chosen)?.value as T;
}

async function numberOf<T>(message: string, choices: readonly {value: T; name: string}[]): Promise<T> {
  const offered = choices.map(({name}, at) => `  ${at + 1} ${name}\n`).join('');
  for (;;) {
    const typed = await answerTo(`${message}\n${offered}Number (Enter: 1)`);
    const chosen = choices[Number(typed || 1) - 1];
    if (chosen !== undefined) return chosen.value;
  }
}

async function answerTo(question: string): Promise<string> {
  const {typedLine} = await import('./typed-line.js');
  process.stderr.write(`${printable(question)}: `);
  return typedLine(process.stdin, 'the question');
}

async function promptOn(env: Env) {
  const {default: inquirer} = await import('inquirer');
  return inquirer.createPromptModule({output: questionScreen(process.stderr, env)});
}

async function untilQuit<T>(answers: Promise<T>): Promise<T> {
  try {
    return await answers;
  } catch (error) {
    // What inquirer throws at Ctrl-C.
    if (error instanceof Error && error.name === 'ExitPromptError') throw interrupted('the question');
    throw error;
  }
}
