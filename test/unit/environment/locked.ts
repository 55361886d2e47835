import type {Lock} from '../../../src/environment/lock.js';

/** A small lock with one of everything. */
export const LOCK: Lock = {
  schema: 'gpudock/lock/1',
  inputs: {},
  target: 'notebook',
  platform: 'linux/amd64',
  base: {
    kind: 'python',
    image: {reference: 'python:3.12-slim', digest: `sha256:${'1'.repeat(64)}`},
    builder: {reference: 'python:3.12-slim', digest: `sha256:${'1'.repeat(64)}`},
    framework: null,
    gpu: false,
    python: '3.12',
  },
  packages: 'index',
  profile: {cuda: null, driverFloor: null, architectures: []},
  apt: {builder: ['git=1:2.47.3-0+deb13u1'], image: ['tini=0.19.0-1+b3']},
  python: [
    {name: 'numpy', version: '2.1.0', url: null, hashes: [`sha256:${'a'.repeat(64)}`]},
    {name: 'ours', version: null, url: 'git+https://h.example/ours.git@0123abc', hashes: []},
  ],
};
