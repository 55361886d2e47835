import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {waitingLine} from '../../src/engine/containers.js';
import {engineGetter} from '../../src/engine/get.js';
import {ensurePulled} from '../../src/engine/pull.js';
import type {PullEvent, PulledEvent} from '../../src/engine/pull-progress.js';
import {liveWorld} from '../../src/world/live.js';
import {gpudock, readLab} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

let lab: Lab;
let engine: Engine;
let image: string;

beforeAll(async () => {
  lab = await readLab();
  const world = liveWorld(engineGetter);
  engine = await connect({...world, env: {...world.env, DOCKER_HOST: lab.host}});
  // By the registry's own address: nobody else's name for it.
  image = `${lab.registry}/pytorch/pytorch:2.9.0-cuda12.8-cudnn9-runtime`;
  await remove();
});
afterAll(() => remove());

const remove = () =>
  engine.docker
    .getImage(image)
    .remove()
    .catch(() => undefined);

test('a command shows a pull and its summary', async () => {
  const {stderr} = await gpudock(lab, ['serve', 'vllm', 'a/b', '--image', image, '--wait', '1']);
  expect(stderr).toContain(`pulling ${image}\n`);
  expect(stderr).toMatch(/^pulled \S+ in .+ s: [\d.]+ \w+, \d+ of \d+ layers/m);
  await remove();
});

test('a pull tells of every layer, and ends with what it was; an image that is here is not pulled', async () => {
  const events: (PullEvent | PulledEvent)[] = [];
  const onEvent = (event: PullEvent | PulledEvent): void => void events.push(event);
  const options = {signal: new AbortController().signal, onEvent};
  await ensurePulled(engine, image, options);
  const end = events.at(-1);
  if (end?.type !== 'pulled' || end.last === null) throw new Error(JSON.stringify(events));
  expect(end.last.layers).toBeGreaterThan(0);
  expect(end.last.here + end.last.done).toBe(end.last.layers);
  expect(end.last.current).toBe(end.last.total);
  const before = events.length;
  await ensurePulled(engine, image, options);
  expect(events).toHaveLength(before);
});

test('a wait says what it waits for, and the last line that was printed', async () => {
  const Cmd = ['sh', '-c', 'echo first; echo loading shard 2 of 4'];
  const container = await engine.docker.createContainer({Image: image, Entrypoint: [''], Cmd});
  try {
    await container.start();
    await container.wait();
    expect(await waitingLine(engine, {id: container.id, name: 'gpudock-x'})).toMatch(
      /^waiting for gpudock-x to answer: loading shard 2 of 4$/,
    );
  } finally {
    await container.remove({force: true});
  }
});
