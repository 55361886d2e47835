import {interrupted} from '../interrupt.js';
import type {Engine} from './connect.js';
import {refused} from './containers.js';
import {localImage} from './images.js';

interface PullLine {
  id?: string;
  status?: string;
  error?: string;
  progressDetail?: {current?: number; total?: number};
}

/** Has the engine get an image unless it holds it. `say` gets a line of progress now and then. */
export async function ensurePulled(
  engine: Engine,
  reference: string,
  {signal, say}: {signal: AbortSignal; say(line: string): void},
): Promise<void> {
  if ((await localImage(engine, reference)) !== null) return;
  try {
    const stream = await engine.docker.pull(reference, {abortSignal: signal});
    say(`pulling ${reference}`);
    await new Promise<void>((resolve, reject) => {
      engine.docker.modem.followProgress(stream, (error: Error | null, lines: PullLine[] | null) => {
        const failed = lines?.find(line => line.error !== undefined)?.error;
        if (error !== null || failed !== undefined) reject(error ?? new Error(failed));
        else resolve();
      });
    });
  } catch (error) {
    if (signal.aborted) throw interrupted('the pull');
    throw await refused(`${reference} could not be pulled`, error);
  }
}
