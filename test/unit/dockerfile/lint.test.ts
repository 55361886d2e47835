import {expect, test} from '@jest/globals';
import {validate} from 'dockerfile-utils';
import {MATRIX} from './matrix.js';

test.each(MATRIX)('%s has no finding of the linter', (_, {dockerfile}) => {
  expect(validate(dockerfile).map(({message, range}) => `${range.start.line + 1}: ${message}`)).toEqual([]);
});

test('the linter finds something where there is something', () => {
  expect(validate('FROM a\nRUM id\n')).not.toEqual([]);
});
