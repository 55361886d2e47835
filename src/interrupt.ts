import {EXIT, Failure} from './failure.js';

/** Aborts at the first Ctrl-C (or SIGTERM), so that what runs can clean up; the second one ends the program at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

export const interrupted = (what: string): Failure =>
  new Failure({code: 'interrupted', message: `${what} was stopped`, cause: 'you asked for it', exit: EXIT.interrupted});

/** Waits for something that has nothing to clean up, no longer than until the interrupt. */
export async function unlessInterrupted<T>(what: string, signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) throw interrupted(what);
  let listener = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    listener = () => reject(interrupted(what));
    signal.addEventListener('abort', listener, {once: true});
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', listener);
  }
}
