import {expect, test} from '@jest/globals';
import {separated} from '../../src/separate-argv.js';

const FLAGS = {gpus: {type: 'option', char: 'g'}, detach: {type: 'boolean', char: 'd'}};

test.each<[string, number, string]>([
  ['python -c x', 0, '-- python -c x'],
  ['--gpus 1 python --gpus 2', 0, '--gpus 1 -- python --gpus 2'],
  ['--gpus=1 -d python', 0, '--gpus=1 -d -- python'],
  ['-g 1 python', 0, '-g 1 -- python'],
  ['-g1 python', 0, '-g1 -- python'],
  ['-d -- python -- x', 0, '-d -- python -- x'],
  ['name python --help', 1, 'name -- python --help'],
  ['name', 1, 'name'],
  ['--unknown python', 0, '--unknown -- python'],
  ['--gpus', 0, '--gpus'],
  ['-', 0, '-- -'],
])('%j with %i words before', (line, before, expected) => {
  expect(separated(line.split(' '), FLAGS, before).join(' ')).toBe(expected);
});
