import {expect, test} from '@jest/globals';
import {MATRIX} from './matrix.js';

test.each(MATRIX)('%s', (_, {dockerfile}) => {
  expect(dockerfile).toMatchSnapshot();
});
