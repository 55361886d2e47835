import {EXIT, Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {printable} from '../ui/printable.js';
import {type Answers, KEYS, type Key, type Known, type Question} from './question.js';
import {QUESTIONS} from './questions.js';

/** How one question is put: an answer, or one step back. Throws when the person quits. */
export type Asker = (question: Question) => Promise<{answer: string} | 'back'>;

/**
 * All questions that no flag answers, in order. Back leads to the last one that was shown; back from the first one
 * quits. `before` runs ahead of a question, to show what it rests on.
 */
export async function askAll(
  known: Known,
  given: Answers,
  ask: Asker,
  before: (key: Key, answers: Answers) => Promise<void>,
): Promise<Answers> {
  const answers: Answers = {};
  const shown: number[] = [];
  for (let at = 0; at < KEYS.length; ) {
    const key = KEYS[at] as Key;
    const question = await QUESTIONS[key](known, answers);
    const flag = given[key];
    if (flag !== undefined || question === null) {
      delete answers[key];
      if (flag !== undefined) answers[key] = checked(key, flag, question);
      at++;
      continue;
    }
    await before(key, answers);
    const reply = await ask(withPrevious(question, answers[key]));
    if (reply !== 'back') {
      answers[key] = reply.answer;
      shown.push(at++);
      continue;
    }
    const previous = shown.pop();
    if (previous === undefined) throw interrupted('the set-up of the project');
    at = previous;
  }
  return answers;
}

const withPrevious = (question: Question, answer: string | undefined): Question =>
  answer === undefined ? question : {...question, default: answer};

/** Every question with its flag, else its default: for `--yes`, and where there is no terminal. */
export async function takeDefaults(known: Known, given: Answers): Promise<Answers> {
  const answers: Answers = {};
  for (const key of KEYS) {
    const question = await QUESTIONS[key](known, answers);
    const flag = given[key];
    if (flag !== undefined) answers[key] = checked(key, flag, question);
    else if (question !== null) answers[key] = question.default;
  }
  return answers;
}

function checked(key: Key, value: string, question: Question | null): string {
  const problem = question?.problem(value) ?? null;
  if (problem === null) return value;
  throw new Failure({
    code: 'answer_invalid',
    message: `--${key} ${value} will not do`,
    cause: problem,
    fix: 'gpudock init --help shows what each flag takes',
    exit: EXIT.usage,
  });
}

export const noTerminal = (): Failure =>
  new Failure({
    code: 'no_terminal',
    message: 'there is no terminal to ask questions on',
    cause: 'standard input or standard error is not a terminal',
    fix: 'gpudock init --yes takes the defaults; every question has a flag (gpudock init --help)',
    exit: EXIT.usage,
  });

/** Questions on this terminal: Escape goes back, Ctrl-C quits. What is drawn goes to `screen`. */
export function terminalAsker(input: NodeJS.ReadStream, screen: NodeJS.WriteStream): Asker {
  return async question => {
    const {createPromptModule} = (await import('inquirer')).default;
    const back = new AbortController();
    const onKey = (_: unknown, key?: {name?: string}): void => {
      if (key?.name === 'escape') back.abort();
    };
    input.on('keypress', onKey);
    try {
      const prompt = createPromptModule({input, output: screen, signal: back.signal, clearPromptOnDone: false});
      const {answer} = await prompt<{answer: string}>([{name: 'answer', ...promptOf(question)}]);
      return {answer: answer.trim()};
    } catch (error) {
      if (back.signal.aborted) return 'back';
      if (error instanceof Error && error.name === 'ExitPromptError') throw interrupted('the set-up of the project');
      throw error;
    } finally {
      input.off('keypress', onKey);
    }
  };
}

function promptOf({message, choices, default: preset, problem}: Question) {
  const asked = {message: printable(message), default: preset};
  if (choices === null)
    return {type: 'input' as const, ...asked, validate: (text: string) => problem(text.trim()) ?? true};
  return {
    type: 'select' as const,
    ...asked,
    pageSize: PAGE,
    loop: false,
    theme: {
      style: {
        keysHelpTip: (keys: [string, string][]) =>
          [...keys, ['Esc', 'back'], ['Ctrl-C', 'quit']].map(([key, does]) => `${key} ${does}`).join(' · '),
      },
    },
    choices: choices.map(({value, name, why, blocked}) => ({
      value,
      name: printable(name),
      short: printable(name),
      description: printable(why),
      ...(blocked === undefined ? {} : {disabled: printable(`(${blocked})`)}),
    })),
  };
}

/** Lines of choices at a time: question, help and description still fit into 24. */
const PAGE = 10;

/** The same screen without colours, for NO_COLOR: inquirer draws them whatever the environment says. */
export function colourless(screen: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(screen, {
    get(target, name) {
      if (name === 'write')
        return (text: unknown, ...rest: never[]) =>
          target.write(typeof text === 'string' ? text.replace(COLOURS, '') : (text as string), ...rest);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const COLOURS = /\u001b\[[\d;]{0,20}m/g;
