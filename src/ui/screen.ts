import {styleText} from 'node:util';
import {inLook, lookOf} from './look.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Where questions are drawn: without colours and signs that it has not, though inquirer draws both whatever the environment says. */
export function questionScreen(screen: NodeJS.WriteStream, env: Env): NodeJS.WriteStream {
  const look = {...lookOf(screen, env), links: false};
  if (!env.NO_COLOR && look.unicode) return screen;
  const plain = (text: string): string => inLook(env.NO_COLOR ? text.replace(COLOURS, '') : text, look);
  return new Proxy(screen, {
    get(target, name) {
      if (name === 'write')
        return (text: unknown, ...rest: never[]) =>
          target.write(typeof text === 'string' ? plain(text) : (text as string), ...rest);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const COLOURS = /\u001b\[[\d;]{0,20}m/g;

const bold = (text: string): string => styleText('bold', text);

/** Bold alone tells what is chosen: a colour that is plain on black may be lost on white. */
export const QUESTION_STYLE = {
  prefix: {idle: '?', done: '✔'},
  style: {highlight: bold, answer: bold, description: (text: string): string => text},
};
