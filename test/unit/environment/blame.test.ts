import {expect, test} from '@jest/globals';
import {blamedLine} from '../../../src/environment/blame.js';
import {requirement} from './memory.js';

const asked = {
  apt: ['ffmpeg', 'libfoo=1.2'],
  constraints: [requirement({name: 'urllib3', specifier: '<2', from: 'pins.txt:3'})],
  requirements: [
    requirement({name: 'scikit-learn', specifier: '==9', from: 'requirements.txt:2'}),
    requirement({name: 'numpy', from: 'requirements.txt:1'}),
  ],
};

test.each<[string, string[], string | null]>([
  [
    'uv',
    [
      '  × No solution found when resolving dependencies:',
      '  ╰─▶ Because there is no version of scikit-learn==9 and you require',
    ],
    'requirements.txt:2',
  ],
  [
    'pip, another spelling',
    ['Collecting numpy', 'ERROR: No matching distribution found for Scikit_Learn==9'],
    'requirements.txt:2',
  ],
  ['a constraint', ['ERROR: Cannot install urllib3<2 and requests'], 'pins.txt:3'],
  ['apt-get', ['E: Unable to locate package libfoo'], 'apt.txt or apt: in gpudock.yaml'],
  ['a package of another name that begins alike', ['error: numpy-extras was not found'], null],
  ['nothing refused', ['Collecting numpy'], null],
])('%s', (_, output, from) => {
  expect(blamedLine(output, asked)?.from ?? null).toBe(from);
});
