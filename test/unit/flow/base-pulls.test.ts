import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import type {BuildEvent} from '../../../src/engine/build-progress.js';
import {BasePulls} from '../../../src/flow/base-pulls.js';

const FROM = `[builder 1/5] FROM quay.io/jupyter/base-notebook:x@sha256:${'0a'.repeat(32)}`;
const fetched = (name: string, current: number, step = FROM): BuildEvent => ({
  type: 'transfer',
  step,
  name,
  current,
  total: 60_000_000,
});

test('what a build fetched of its base, by registry; layers count once, unpacking is no transfer', async () => {
  const home = await mkdtemp(join(tmpdir(), 'gpudock-rates-'));
  const world = {
    env: {XDG_CACHE_HOME: home},
    read: async (path: string) =>
      readFile(path).then(
        value => ({status: 'ok' as const, value}),
        () => ({status: 'not-found' as const}),
      ),
  };
  const bases = new BasePulls();
  const events: BuildEvent[] = [
    {type: 'finished', step: FROM, seconds: 0.1},
    fetched('sha256:aa', 20_000_000),
    fetched('sha256:aa', 60_000_000),
    fetched('sha256:bb', 40_000_000),
    fetched('extracting sha256:aa', 60_000_000),
    fetched('sha256:cc', 50_000_000, '[final 3/5] COPY --from=builder /venv /venv'),
    {type: 'finished', step: '[final 3/5] COPY --from=builder /venv /venv', seconds: 1},
    {type: 'finished', step: '[final 1/5] FROM docker.io/library/python:3.12', seconds: 2},
    {type: 'fetched', step: FROM, seconds: 20},
  ];
  for (const event of events) bases.follow(event);
  expect(bases.pulls).toEqual([{registry: 'quay.io', bytes: 100_000_000, seconds: 20}]);
  try {
    await bases.remember(world);
    const kept: unknown = JSON.parse(await readFile(join(home, 'gpudock/pull-rates.json'), 'utf8'));
    expect(kept).toEqual({'quay.io': {bytes: 100_000_000, seconds: 20}});
  } finally {
    await rm(home, {recursive: true});
  }
});
