import {createInterface} from 'node:readline';
import {interrupted} from '../interrupt.js';

/** One line that is typed. Throws `interrupted` at Ctrl-C, and where the input ends (Ctrl-D); `what` is what stops then. */
export function typedLine(input: NodeJS.ReadStream, what: string): Promise<string> {
  const lines = createInterface({input, terminal: false});
  const stop = (): void => lines.close();
  process.once('SIGINT', stop);
  return new Promise((typed, quit) => {
    lines.once('line', line => {
      typed(line.trim());
      stop();
    });
    lines.once('close', () => {
      process.off('SIGINT', stop);
      quit(interrupted(what));
    });
  });
}
