import {interrupted} from '../interrupt.js';
import type {Engine} from './connect.js';
import {refused} from './containers.js';
import {localImage} from './images.js';
import {type PullEvent, type PulledEvent, PullProgress} from './pull-progress.js';

/** Has the engine get an image unless it holds it. */
export async function ensurePulled(
  engine: Engine,
  reference: string,
  {signal, onEvent}: {signal: AbortSignal; onEvent(event: PullEvent | PulledEvent): void},
): Promise<void> {
  if ((await localImage(engine, reference)) !== null) return;
  const begun = Date.now();
  const progress = new PullProgress(reference);
  let last: PullEvent | null = null;
  try {
    const stream = await engine.docker.pull(reference, {abortSignal: signal});
    await new Promise<void>((resolve, reject) => {
      engine.docker.modem.followProgress(
        stream,
        (error: Error | null) => {
          if (error !== null || progress.error !== null) reject(error ?? new Error(progress.error ?? ''));
          else resolve();
        },
        (line: unknown) => {
          const event = progress.read(line);
          if (event !== null) onEvent(event);
          last = event ?? last;
        },
      );
    });
  } catch (error) {
    if (signal.aborted) throw interrupted('the pull');
    throw await refused(`${reference} could not be pulled`, error);
  }
  onEvent({type: 'pulled', image: reference, seconds: (Date.now() - begun) / 1000, last});
}
