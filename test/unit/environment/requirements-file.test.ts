import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parseRequirementsFile, type RequirementsFile} from '../../../src/environment/requirements-file.js';

const EMPTY: RequirementsFile = {requirements: [], includes: [], constraints: [], local: [], unreadable: []};
const names = (text: string): string[] => parseRequirementsFile(text, 'r').requirements.map(({name}) => name);

test('comments, blank lines, line ends of every system and options are no packages', () => {
  expect(
    names('# all\r\n\r\ntorch # the framework\rnumpy\n--no-binary :all:\n-i https://index.example/simple\n'),
  ).toEqual(['torch', 'numpy']);
});

test('a hash sign within a word is no comment', () => {
  const [read] = parseRequirementsFile('x @ https://h.example/x.git#egg=x', 'r').requirements;
  expect(read?.url).toBe('https://h.example/x.git#egg=x');
});

test('a file that lies elsewhere is a requirement', () => {
  const [read] = parseRequirementsFile('a @ https://h.example/a-1-py3-none-any.whl', 'r').requirements;
  expect(read?.url).toBe('https://h.example/a-1-py3-none-any.whl');
});

test('a line that goes on is one requirement, at its first line', () => {
  const text = '\ntorch>=2.4,\\\n  <3 \\\n  --hash=sha256:00 \\\n  --hash=sha256:01\nnumpy';
  expect(parseRequirementsFile(text, 'r.txt').requirements).toMatchObject([
    {name: 'torch', specifier: '>=2.4,<3', from: 'r.txt:2'},
    {name: 'numpy', from: 'r.txt:6'},
  ]);
});

test.each([
  ['-r base.txt', {includes: ['base.txt']}],
  ['-rbase.txt', {includes: ['base.txt']}],
  ['--requirement=more/base.txt', {includes: ['more/base.txt']}],
  ['-c pins.txt', {constraints: ['pins.txt']}],
  ['--constraint pins.txt', {constraints: ['pins.txt']}],
  ['-e .', {local: [{text: '-e .', from: 'r:1'}]}],
  ['./pkg', {local: [{text: './pkg', from: 'r:1'}]}],
  ['../pkg', {local: [{text: '../pkg', from: 'r:1'}]}],
  ['.[dev]', {local: [{text: '.[dev]', from: 'r:1'}]}],
  ['wheels/a-1-py3-none-any.whl', {local: [{text: 'wheels/a-1-py3-none-any.whl', from: 'r:1'}]}],
  ['--find-links=wheels', {local: [{text: '--find-links=wheels', from: 'r:1'}]}],
  ['-f https://h.example/wheels', {}],
  ['a @ file:///srv/a', {local: [{text: 'a @ file:///srv/a', from: 'r:1'}]}],
  ['https://h.example/a-1-py3-none-any.whl', {}],
  ['numpy 1.26', {unreadable: [{text: 'numpy 1.26', from: 'r:1'}]}],
  ['--index-url https://index.example', {}],
])('%s', (line, expected) => {
  expect(parseRequirementsFile(line, 'r')).toEqual({...EMPTY, ...expected});
});

test('never throws, and every line number is one of the file', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('numpy', '\\', 'a\\', '-r x', '#'))), lines => {
      const text = lines.join('\n');
      const {requirements, local, unreadable} = parseRequirementsFile(text, 'r');
      for (const {from} of [...requirements, ...local, ...unreadable]) {
        const number = Number(from.slice(2));
        expect(number).toBeGreaterThan(0);
        expect(number).toBeLessThanOrEqual(text.split(/\r\n|\n|\r/).length);
      }
    }),
  );
});

test.each([
  ['lines that go on', 'a\\\n'.repeat(100_000)],
  ['comments before a line separator', `${' #'.repeat(100_000)}\u2028x`],
  ['an include with many spaces', `-r${' '.repeat(200_000)}x\u2028y`],
])('%s are read in linear time', (_, text) => {
  const start = performance.now();
  parseRequirementsFile(text, 'r');
  expect(performance.now() - start).toBeLessThan(2_000);
});
