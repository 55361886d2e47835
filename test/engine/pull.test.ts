import {expect, test} from '@jest/globals';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {ensurePulled} from '../../src/engine/pull.js';
import type {PullEvent, PulledEvent} from '../../src/engine/pull-progress.js';
import {liveWorld} from '../../src/world/live.js';
import {readLab} from '../lab/gpudock.js';

test('a pull tells of every layer, and ends with what it was; an image that is here is not pulled', async () => {
  const lab = await readLab();
  const world = liveWorld(engineGetter);
  const engine = await connect({...world, env: {...world.env, DOCKER_HOST: lab.host}});
  // By the registry's own address: nobody else's name for it.
  const image = `${lab.registry}/pytorch/pytorch:2.9.0-cuda12.8-cudnn9-runtime`;
  const remove = () =>
    engine.docker
      .getImage(image)
      .remove()
      .catch(() => undefined);
  await remove();
  const events: (PullEvent | PulledEvent)[] = [];
  const options = {
    signal: new AbortController().signal,
    onEvent: (event: PullEvent | PulledEvent) => void events.push(event),
  };
  try {
    await ensurePulled(engine, image, options);
    const end = events.at(-1);
    if (end?.type !== 'pulled' || end.last === null) throw new Error(JSON.stringify(events));
    expect(end.last.layers).toBeGreaterThan(0);
    expect(end.last.here + end.last.done).toBe(end.last.layers);
    expect(end.last.current).toBe(end.last.total);
    const before = events.length;
    await ensurePulled(engine, image, options);
    expect(events).toHaveLength(before);
  } finally {
    await remove();
  }
});
