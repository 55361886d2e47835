import {engineGetter} from '../../src/engine/get.js';
import type {Progress} from '../../src/engine/private/packages.js';
import {liveWorld} from '../../src/world/live.js';

export const world = liveWorld(engineGetter);

export const progress: Progress = {
  say: line => void process.stderr.write(`lab: ${line}\n`),
  signal: new AbortController().signal,
};
