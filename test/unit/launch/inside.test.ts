import {execFileSync} from 'node:child_process';
import {expect, test} from '@jest/globals';
import {insideProblems, LOOK_INSIDE} from '../../../src/launch/inside.js';

const GIB = 1024 ** 3;
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
  const problems = insideProblems(text, {gpus, shmBytes: GIB});
  if (gpu === null) expect(problems.gpu).toBeNull();
  else expect(problems.gpu).toMatch(gpu);
  expect(problems.notes).toHaveLength(notes);
});

test('the look is one that a POSIX shell takes', () => {
  expect(execFileSync('sh', ['-c', LOOK_INSIDE], {encoding: 'utf8'})).toMatch(/^gpus \d+$/m);
});
