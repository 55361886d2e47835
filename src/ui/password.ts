import {text} from 'node:stream/consumers';
import {EXIT, Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';

/**
 * A password, asked for where there is a terminal, else the first line of standard input: an argument or a variable would
 * be seen by others. Throws `no_password`.
 */
export async function askPassword(what: string): Promise<string> {
  const password = process.stdin.isTTY ? await typed(what) : (await text(process.stdin)).split(/\r?\n/)[0];
  if (password) return password;
  throw new Failure({
    code: 'no_password',
    message: 'a password was to be set, and none was given',
    cause: 'the answer, or the first line of standard input, is empty',
    fix: "type one at the question, or pipe it in: printf '%s' PASSWORD | gpudock notebook --password",
    exit: EXIT.usage,
  });
}

async function typed(what: string): Promise<string> {
  const {createPromptModule} = await import('inquirer').then(({default: inquirer}) => inquirer);
  const prompt = createPromptModule({output: process.stderr});
  try {
    const {password} = await prompt<{password: string}>([
      {type: 'password', name: 'password', message: what, mask: true},
    ]);
    return password;
  } catch (error) {
    // What inquirer throws at Ctrl-C.
    if (error instanceof Error && error.name === 'ExitPromptError') throw interrupted('the question');
    throw error;
  }
}
