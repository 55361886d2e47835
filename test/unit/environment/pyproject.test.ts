import {expect, test} from '@jest/globals';
import {parsePyproject} from '../../../src/environment/pyproject.js';

test.each([
  ['', [], null, 'nowhere'],
  ['[tool.black]\nline-length = 88', [], null, 'nowhere'],
  ['[project]\nname = "x"', [], null, 'project'],
  ['[project]\ndynamic = ["version"]\ndependencies = ["six"]', ['six'], null, 'project'],
  ['[project]\nname = "x"\ndynamic = ["dependencies"]', [], null, 'dynamic'],
  ['[tool.poetry.dependencies]\npython = "^3.11"\nsix = "*"', ['six'], null, 'poetry'],
  ['[project]\nname = "x"\n[tool.poetry.dependencies]\nsix = "*"', ['six'], null, 'poetry'],
  ['[project]\ndependencies = ["six"]\n[tool.poetry.dependencies]\nsix = {source = "ours"}', ['six'], null, 'project'],
  [
    '[project]\nrequires-python = ">=3.10"\ndependencies = ["torch>=2.4", "numpy"]',
    ['torch', 'numpy'],
    '>=3.10',
    'project',
  ],
])('%j', (text, names, python, namedIn) => {
  const read = parsePyproject(text, 'pyproject.toml');
  expect(read.namedIn).toBe(namedIn);
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
