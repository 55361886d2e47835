import type {Engine} from '../engine/connect.js';
import {ensurePulled} from '../engine/pull.js';
import type {PulledEvent} from '../engine/pull-progress.js';
import {parseReference} from '../matrix/reference.js';
import {rememberPull} from '../registry/pull-rates.js';
import type {Flow} from './flow.js';

/** Has the engine get an image, and keeps how fast that went: `check` tells by it how long the next one takes. */
export async function pullMeasured({world, signal, onEvent}: Flow, engine: Engine, image: string): Promise<void> {
  let pulled: PulledEvent | null = null;
  await ensurePulled(engine, image, {
    signal,
    onEvent: event => {
      if (event.type === 'pulled') pulled = event;
      onEvent(event);
    },
  });
  await remember(world, pulled);
}

async function remember(world: Flow['world'], pulled: PulledEvent | null): Promise<void> {
  const registry = parseReference(pulled?.image ?? '')?.domain;
  if (registry === undefined || !pulled?.last?.complete) return;
  await rememberPull(world, registry, {bytes: pulled.last.current, seconds: pulled.seconds});
}
