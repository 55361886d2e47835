import {expect, test} from '@jest/globals';
import {readProject} from '../../../src/environment/project.js';
import {parsePoetryLock, parseUvLock} from '../../../src/environment/tool-locks.js';
import {memory} from './memory.js';

const HASH = `sha256:${'a'.repeat(64)}`;
const POETRY = `
[[package]]
name = "NumPy"
version = "2.1.0"
optional = false
groups = ["main"]
markers = "python_version >= \\"3.10\\""
files = [{file = "numpy.whl", hash = "${HASH}"}]

[[package]]
name = "pytest"
version = "8.0"
optional = false
groups = ["dev"]
files = []

[[package]]
name = "extra"
version = "1"
optional = true
groups = ["main"]
files = []

[[package]]
name = "ours"
version = "0.1"
optional = false
files = []
[package.source]
type = "git"
url = "https://h.example/ours.git"
reference = "main"
resolved_reference = "0123abc"
`;

test('poetry: the main group, with markers and hashes; what comes from a repository by commit', () => {
  expect(parsePoetryLock(POETRY, 'poetry.lock').text).toBe(
    [
      `NumPy==2.1.0 ; python_version >= "3.10" --hash=${HASH}`,
      'ours @ git+https://h.example/ours.git@0123abc',
      '',
    ].join('\n'),
  );
});

test.each([
  ['a version that is none', POETRY.replace('"2.1.0"', '"2\\n1"')],
  ['no TOML', 'package ='],
])('poetry: %s is a failure', (_, text) => {
  expect(() => parsePoetryLock(text, 'poetry.lock')).toThrow(expect.objectContaining({code: 'invalid_lock'}));
});

test('poetry: a folder of this machine is named', () => {
  const text = POETRY.replace('type = "git"', 'type = "directory"');
  expect(() => parsePoetryLock(text, 'poetry.lock')).toThrow(expect.objectContaining({code: 'requirement_unreadable'}));
});

const UV = `
[[package]]
name = "torch"
version = "2.5.1"
[[package]]
name = "numpy"
version = "2.1.0"
[[package]]
name = "numpy"
version = "2.2.0"
[[package]]
name = "digits"
source = {virtual = "."}
`;

test('uv: the version of each package that has one', () => {
  expect([...parseUvLock(UV, 'uv.lock')]).toEqual([
    ['torch', '2.5.1'],
    ['numpy', null],
    ['digits', null],
  ]);
});

test('a project with a lock of uv, of poetry, and with neither', async () => {
  const pyproject = '[project]\ndependencies = ["torch>=2", "numpy"]\n';
  const dir = '/home/ada/x';
  const read = (files: Record<string, string>) =>
    readProject(memory({[`${dir}/pyproject.toml`]: pyproject, ...files}), 'x');
  const uv = await read({[`${dir}/uv.lock`]: UV});
  expect(uv.kind).toBe('uv');
  expect(uv.files.map(({path}) => path)).toEqual(['pyproject.toml', 'uv.lock']);
  expect(uv.requirements.map(({name, specifier}) => `${name}${specifier}`)).toEqual(['torch==2.5.1', 'numpy']);
  const poetry = await read({
    [`${dir}/pyproject.toml`]: '[tool.poetry.dependencies]\npython = "^3.11"\nnumpy = "^2"\n',
    [`${dir}/poetry.lock`]: POETRY,
  });
  expect(poetry.kind).toBe('poetry');
  expect(poetry.requirements.map(({name}) => name)).toEqual(['numpy', 'ours']);
  expect((await read({})).kind).toBe('pyproject');
});

test.each<[string, string, string | null]>([
  ['the project itself', 'source = { editable = "." }\ndependencies = [{ name = "numpy" }]', null],
  ['what it needs', 'source = { virtual = "." }\ndependencies = [{ name = "lib" }]', '"lib"'],
  [
    'what its development needs',
    'source = { virtual = "." }\n[package.dev-dependencies]\ndev = [{ name = "lib" }]',
    null,
  ],
])('uv: %s as a folder of this machine', (_, project, named) => {
  const text = `[[package]]\nname = "lib"\nversion = "1"\nsource = { directory = "lib" }\n\n[[package]]\nname = "ours"\nversion = "0.1"\n${project}\n`;
  const read = () => parseUvLock(text, 'uv.lock');
  if (named === null) expect(read().get('lib')).toBe('1');
  else
    expect(read).toThrow(
      expect.objectContaining({code: 'requirement_unreadable', message: expect.stringContaining(named)}),
    );
});

test.each<[string, Record<string, string>, string | null]>([
  ['uv.lock', {pyproject: '[project]\ndependencies = ["torch>=2.6"]', lock: UV}, 'version 2.5.1 of torch'],
  ['uv.lock', {pyproject: '[project]\ndependencies = ["six"]', lock: UV}, 'no six'],
  ['uv.lock', {pyproject: `[project]\ndependencies = ['six; os_name == "nt"']`, lock: UV}, null],
  ['poetry.lock', {pyproject: '[tool.poetry.dependencies]\nsix = "^1"', lock: POETRY}, 'no six'],
  [
    'poetry.lock',
    {pyproject: '[tool.poetry.dependencies]\nextra = {version = "1", optional = true}', lock: POETRY},
    null,
  ],
])('%s beside a pyproject.toml that was changed: %#', async (file, {pyproject = '', lock = ''}, missing) => {
  const read = readProject(memory({'/home/ada/x/pyproject.toml': pyproject, [`/home/ada/x/${file}`]: lock}), 'x');
  if (missing === null) await expect(read).resolves.toMatchObject({files: expect.anything()});
  else await expect(read).rejects.toMatchObject({code: 'lock_outdated', message: expect.stringContaining(missing)});
});
