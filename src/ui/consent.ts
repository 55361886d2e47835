import {interrupted} from '../interrupt.js';
import {QUESTION_STYLE, questionScreen} from './screen.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Whether there is somebody to ask. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks on stderr, because stdout belongs to the result; No is what Enter means. Throws `interrupted` at Ctrl-C. */
export async function consent(message: string, env: Env): Promise<boolean> {
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
  const prompt = await promptOn(env);
  const question = {type: 'select' as const, name: 'chosen', message, choices: [...choices], theme: QUESTION_STYLE};
  const {chosen} = await untilQuit(prompt<{chosen: string}>([question]));
  return choices.find(({value}) => value === chosen)?.value as T;
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
