import {expect, test} from '@jest/globals';
import {parsePyproject} from '../../../src/environment/pyproject.js';

test.each([
  ['', [], null],
  ['[tool.black]\nline-length = 88', [], null],
  ['[project]\nrequires-python = ">=3.10"\ndependencies = ["torch>=2.4", "numpy"]', ['torch', 'numpy'], '>=3.10'],
])('%j', (text, names, python) => {
  const read = parsePyproject(text, 'pyproject.toml');
  expect(read.requirements.map(({name}) => name)).toEqual(names);
  expect(read.python).toBe(python);
});

test.each([
  '[project',
  '[project]\ndependencies = "torch"',
  '[project]\ndependencies = ["torch 2.4"]',
  '[project]\nrequires-python = 3',
])('%j is refused', text => {
  expect(() => parsePyproject(text, 'pyproject.toml')).toThrow(
    expect.objectContaining({code: 'invalid_pyproject', reason: expect.any(String)}),
  );
});
