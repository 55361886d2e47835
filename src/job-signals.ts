/** Ctrl-C and friends, for a program that runs elsewhere: until it runs they end gpudock, then they are passed on. */
export interface JobSignals {
  /** Aborts while nothing runs yet. */
  signal: AbortSignal;
  /** From now on signals go to the program. */
  passTo(receiver: (name: NodeJS.Signals) => void): void;
}

const PASSED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

export function jobSignals(): JobSignals {
  const controller = new AbortController();
  let receiver: ((name: NodeJS.Signals) => void) | null = null;
  for (const name of PASSED)
    process.on(name, () => {
      if (receiver === null) controller.abort();
      else receiver(name);
    });
  return {
    signal: controller.signal,
    passTo: next => {
      receiver = next;
    },
  };
}
