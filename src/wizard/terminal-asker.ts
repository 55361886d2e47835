import {interrupted} from '../interrupt.js';
import {inLook, type Look, lookOf} from '../ui/look.js';
import {printable} from '../ui/printable.js';
import {hanging} from '../ui/prose.js';
import {QUESTION_STYLE, questionScreen} from '../ui/screen.js';
import type {Asker} from './ask.js';
import type {Question} from './question.js';

/** Questions on this terminal: Escape goes back, Ctrl-C quits. What is drawn goes to `screen`; an answer stays as one line. */
export function terminalAsker(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Asker {
  const screen = questionScreen(output, env);
  return async question => {
    const {createPromptModule} = (await import('inquirer')).default;
    const look = {...lookOf(output, env), links: false};
    const back = new AbortController();
    const onKey = (_: unknown, key?: {name?: string}): void => {
      if (key?.name === 'escape') back.abort();
    };
    input.on('keypress', onKey);
    try {
      const prompt = createPromptModule({input, output: screen, signal: back.signal, clearPromptOnDone: true});
      const {answer} = await prompt<{answer: string}>([{name: 'answer', ...promptOf(question, look)}]);
      output.write(inLook(answered(question, answer.trim(), look), look));
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

function answered({message, choices}: Question, answer: string, {columns}: Look): string {
  const name = choices?.find(({value}) => value === answer)?.name ?? answer;
  return `${hanging(printable(`✔ ${message} ${name}`).trimEnd(), columns, 2)}\n`;
}

function promptOf({message, choices, default: preset, problem}: Question, look: Look) {
  const asked = {message: printable(message), default: preset};
  if (choices === null)
    return {
      type: 'input' as const,
      ...asked,
      theme: QUESTION_STYLE,
      // What stands in the file is changed or deleted; a word such as auto is typed over.
      prefill: preset === 'auto' ? ('tab' as const) : ('editable' as const),
      validate: async (text: string) => (await problem(text.trim())) ?? true,
    };
  return {
    type: 'select' as const,
    ...asked,
    pageSize: PAGE,
    loop: false,
    theme: {
      ...QUESTION_STYLE,
      style: {
        ...QUESTION_STYLE.style,
        keysHelpTip: (keys: [string, string][]) =>
          // Here already, so that inquirer counts the places that it will take.
          inLook(
            [...keys, ['Esc', 'back'], ['Ctrl-C', 'quit']]
              .map(([key, does]) => `${key === '↑↓' ? '↑/↓' : key} ${does}`)
              .join(' · '),
            look,
          ),
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
