import {execFileSync} from 'node:child_process';
import {expect, test} from '@jest/globals';
import {insideProblems, LOOK_INSIDE} from '../../../src/launch/inside.js';

const GIB = 1024 ** 3;
const PROMISED = {gpus: 0, shmBytes: GIB, memoryBytes: null, cpus: null, pids: null, memlock: false, data: ['/data/a']};
const SHM = 'shm rw,nosuid,nodev,noexec,relatime,size=1048576k';

test.each<[string, string, number, RegExp | null, number]>([
  ['all there', `gpus 2\n${SHM}\ntorch True\n`, 2, null, 0],
  ['no device', `gpus 0\n${SHM}\n`, 1, /no device is inside/, 0],
  ['a device that PyTorch does not see', `gpus 1\n${SHM}\ntorch False\n`, 1, /PyTorch does not see/, 0],
  ['no GPU promised', 'gpus 0\n', 0, null, 0],
  ['nothing said', '', 1, null, 0],
  ['less shared memory', 'gpus 1\nshm rw,size=65536k\n', 1, null, 1],
  ['a folder for reading only', `gpus 1\n${SHM}\nreadonly\n`, 1, null, 1],
])('%s', (_, text, gpus, gpu, notes) => {
  const problems = insideProblems(text, {...PROMISED, gpus});
  if (gpu === null) expect(problems.gpu).toBeNull();
  else expect(problems.gpu).toMatch(gpu);
  expect(problems.notes).toHaveLength(notes);
});

test.each<[string, string, Partial<typeof PROMISED> | object, RegExp | null]>([
  ['memory that holds', 'memory 536870912', {memoryBytes: 512 * 1024 ** 2}, null],
  ['memory without a limit, cgroup 2', 'memory max', {memoryBytes: GIB}, /limit of memory does not hold/],
  ['memory without a limit, cgroup 1', 'memory 9223372036854771712', {memoryBytes: GIB}, /limit of memory/],
  ['nothing asked, nothing limited', 'memory max\npids max\ncpu max 100000', {}, null],
  ['CPUs that hold', 'cpu 150000 100000', {cpus: 1.5}, null],
  ['CPUs without a limit, cgroup 2', 'cpu max 100000', {cpus: 1.5}, /limit of cpus/],
  ['CPUs without a limit, cgroup 1', 'cpu -1 100000', {cpus: 1.5}, /limit of cpus/],
  ['pids that hold', 'pids 100', {pids: 100}, null],
  ['pids without a limit', 'pids max', {pids: 100}, /limit of pids/],
  ['a limit that is not to be read', 'pids ', {pids: 100}, null],
  ['locked memory held down', 'memlock 8388608', {memlock: true}, /limited to 8192 KiB/],
  ['data that may not be read', 'unreadable /data/a', {}, /may not read \/data\/a/],
  ["data of the image's own", 'unreadable /data/b', {}, null],
  ['locked memory without a limit', 'memlock unlimited', {memlock: true}, null],
])('%s', (_, text, promised, note) => {
  const {notes} = insideProblems(text, {...PROMISED, ...promised});
  if (note === null) expect(notes).toEqual([]);
  else expect(notes).toEqual([expect.stringMatching(note)]);
});

test('the look is one that a POSIX shell takes', () => {
  expect(execFileSync('sh', ['-c', LOOK_INSIDE], {encoding: 'utf8'})).toMatch(/^gpus \d+$/m);
});
