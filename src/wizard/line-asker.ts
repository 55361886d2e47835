import {inLook, lookOf} from '../ui/look.js';
import {printable} from '../ui/printable.js';
import {hanging} from '../ui/prose.js';
import {typedLine} from '../ui/typed-line.js';
import type {Asker} from './ask.js';
import type {Question} from './question.js';

/** What is typed for one step back, and for no answer where Enter has one: neither is ever an answer itself. */
const BACK = '<';
const NOTHING = '-';

/**
 * Questions as lines that are written once, answers as typed lines: a screen reader reads each question once, and a
 * terminal that cannot move its cursor (TERM=dumb) shows all there is.
 */
export function lineAsker(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Asker {
  const look = {...lookOf(output, env), links: false};
  const write = (text: string, end = '\n'): unknown =>
    output.write(inLook(`${hanging(printable(text), look.columns, 4)}${end}`, look));
  return async question => {
    write('');
    write(question.message);
    const offered = numbered(question, write);
    for (;;) {
      write(invitation(question, offered), '');
      const typed = await typedLine(input, 'the set-up of the project');
      if (typed === BACK) return 'back';
      const answer = answerOf(question, offered, typed);
      const problem = answer === null ? `a number from 1 to ${offered.length}` : await question.problem(answer);
      if (answer !== null && problem === null) return {answer};
      write(`${problem}`);
    }
  };
}

/** The values that can be chosen, in the order of their numbers; those that are blocked have none. */
function numbered({choices}: Question, write: (line: string) => void): string[] {
  const values: string[] = [];
  for (const {value, name, why, blocked} of choices ?? []) {
    const number = blocked === undefined ? values.push(value) : '-';
    write(`  ${number} ${name}: ${blocked === undefined ? why : `not here, it ${blocked}`}`);
  }
  return values;
}

function invitation({choices, default: preset}: Question, offered: readonly string[]): string {
  const enter = offered.includes(preset) ? String(offered.indexOf(preset) + 1) : preset;
  const keys = [
    enter === '' ? 'Enter: none' : `Enter: ${enter}`,
    ...(choices === null && enter !== '' && preset !== 'auto' ? [`${NOTHING}: none`] : []),
    `${BACK}: back`,
  ];
  return `${choices === null ? 'Answer' : 'Number'} (${keys.join(', ')}): `;
}

/** null: no number that was offered. */
function answerOf({choices, default: preset}: Question, offered: readonly string[], typed: string): string | null {
  if (typed === '') return preset;
  if (choices !== null) return offered[Number(typed) - 1] ?? null;
  return typed === NOTHING ? '' : typed;
}
