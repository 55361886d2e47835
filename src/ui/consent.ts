import {interrupted} from '../interrupt.js';
import {questionScreen} from './screen.js';

/** Asks on stderr, because stdout belongs to the result; No is what Enter means. Throws `interrupted` at Ctrl-C. */
export async function consent(question: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const {createPromptModule} = await import('inquirer').then(({default: inquirer}) => inquirer);
  const prompt = createPromptModule({output: questionScreen(process.stderr, env)});
  try {
    const {agreed} = await prompt<{agreed: boolean}>([
      {type: 'confirm', name: 'agreed', message: question, default: false},
    ]);
    return agreed;
  } catch (error) {
    // What inquirer throws at Ctrl-C.
    if (error instanceof Error && error.name === 'ExitPromptError') throw interrupted('the question');
    throw error;
  }
}
