import {EXIT, Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
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
    if (flag !== undefined || question === null || question.moot) {
      delete answers[key];
      if (flag !== undefined) answers[key] = await checked(key, flag, question);
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
    if (flag !== undefined) answers[key] = await checked(key, flag, question);
    else if (question !== null && !question.moot) answers[key] = question.default;
  }
  return answers;
}

async function checked(key: Key, value: string, question: Question | null): Promise<string> {
  const problem = (await question?.problem(value)) ?? null;
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
