import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parseSettings} from '../../../src/environment/settings.js';
import {settingsSchema} from '../../../src/environment/settings-schema.js';
import type {Answers} from '../../../src/wizard/question.js';
import {knownPart, withAnswers} from '../../../src/wizard/settings-file.js';

const SCHEMA = 'schema.json';

describe('gpudock.yaml with answers', () => {
  test.each<[string, Answers, object]>([
    [
      'nothing but automatic',
      {framework: 'none', base: 'auto', python: 'auto', packages: '', port: 'auto'},
      {framework: 'none', base: 'auto'},
    ],
    ['a version stays text', {python: '3.10'}, {python: '3.10'}],
    ['counts are numbers, names are not', {gpus: '2'}, {gpus: 2}],
    ['several GPUs', {gpus: '0,1'}, {gpus: '0,1'}],
    ['a port', {port: '9000', packages: 'numpy>=2 "odd'}, {port: 9000, packages: ['numpy>=2', '"odd']}],
  ])('%s', (_, answers, settings) => {
    expect(parseSettings(withAnswers(null, answers, SCHEMA), 'gpudock.yaml')).toEqual(settings);
  });

  test('a key is taken out where its answer is automatic, and left alone where nothing was asked', () => {
    expect(withAnswers('a: 1\nport: 9000\npython: "3.12" # ours\n', {port: 'auto'}, SCHEMA)).toBe(
      'a: 1\npython: "3.12" # ours\n',
    );
  });

  test('answers that change nothing change no byte of an ordinary file', () => {
    const text = '# ours\nframework: pytorch # with wheels\npackages:\n  - pandas # needed\n\n# the end\n';
    expect(withAnswers(text, {framework: 'pytorch', packages: 'pandas', port: 'auto'}, SCHEMA)).toBe(text);
  });

  test('whatever is typed as packages comes back as it was typed', () => {
    const word = fc.stringMatching(/^[!-~]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word, {minLength: 1, maxLength: 4}), words => {
        const text = withAnswers('zeta: {a: [1]} # strange\n', {packages: words.join(' ')}, SCHEMA);
        expect(text).toContain('zeta: {a: [1]} # strange');
        expect(parseSettings(knownPart(text).text, 'gpudock.yaml').packages).toEqual(words);
      }),
    );
  });
});

test('unknown keys are set aside, with their names; a known key that is wrong is an error', () => {
  expect(knownPart('zeta: 1\nport: 9000\n')).toMatchObject({unknown: ['zeta']});
  expect(() => knownPart('zeta: 1\nport: none\n')).toThrow('line');
});

test('the JSON Schema that is shipped is the one of the code', () => {
  expect(JSON.parse(readFileSync('schemas/gpudock.yaml.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(settingsSchema())),
  );
});
