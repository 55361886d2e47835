import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {IMAGE_REFERENCE, parseSettings} from '../../../src/environment/settings.js';
import {isFailure} from '../../../src/failure.js';

describe('gpudock.yaml', () => {
  test.each([
    ['', {}],
    ['# nothing\n', {}],
    [
      'framework: pytorch\npython: "3.12"\npackages: [torch>=2.4]\napt: [ffmpeg]',
      {framework: 'pytorch', python: '3.12', packages: ['torch>=2.4'], apt: ['ffmpeg']},
    ],
    ['gpus: 2\nport: 8890', {gpus: 2, port: 8890}],
    ['gpus: "0,1"', {gpus: '0,1'}],
    ['base: nvcr.io/nvidia/pytorch:24.10-py3', {base: 'nvcr.io/nvidia/pytorch:24.10-py3'}],
  ])('%j', (text, settings) => {
    expect(parseSettings(text, 'gpudock.yaml')).toEqual(settings);
  });

  test.each([
    ['framework: pytorch\nframwork: jax', 2, /"framwork" is no key of gpudock\.yaml; did you mean "framework"\?/],
    ['pakages:\n  - numpy', 1, /did you mean "packages"\?/],
    ['zeta: 1', 1, /keys are name, base/],
    ['name: digits\n\nport: 99999', 3, /^port: /],
    ['python: 3.12\n', 1, /^python: /],
    ['packages:\n  - numpy\n  - 3', 3, /^packages\.1: /],
    ['name: "a b"', 1, /^name: /],
    ['base: "x\\nRUN id"', 1, /^base: /],
    ['a: [1', 1, /./],
    ['- a list', 1, /./],
  ])('%j is refused with its line', (text, line, cause) => {
    expect(() => parseSettings(text, 'gpudock.yaml')).toThrow(
      expect.objectContaining({
        code: 'invalid_settings',
        message: `gpudock.yaml line ${line} is not understood`,
        reason: expect.stringMatching(cause),
      }),
    );
  });

  test.each(['*nothing', 'name: *nothing', `a: &a [x]\nb: &b [*a,*a,*a,*a]\nc: [${'*b,'.repeat(60)}]`])(
    'an alias that stands for nothing, or for too much, is a failure: %j',
    text => {
      expect(() => parseSettings(text, 'gpudock.yaml')).toThrow(expect.objectContaining({code: 'invalid_settings'}));
    },
  );

  test('any text gives settings or a failure that says where', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.dictionary(fc.string(), fc.string()).map(value => JSON.stringify(value)),
        ),
        text => {
          try {
            parseSettings(text, 'gpudock.yaml');
          } catch (error) {
            expect(isFailure(error)).toBe(true);
          }
        },
      ),
    );
  });
});

test.each(['a b', 'a\nb', '--platform=x', 'a$b', 'a"b', "a'b", 'a;b', 'A', ''])('%j is no base', text => {
  expect(IMAGE_REFERENCE.test(text)).toBe(false);
});

test('keys that begin with x- are the user’s own; any other unknown key is an error', () => {
  expect(parseSettings('x-owner: {a: [1]}\nport: 9000\n', 'gpudock.yaml')).toEqual({port: 9000});
  expect(() => parseSettings('x-owner: 1\nprot: 9000\n', 'gpudock.yaml')).toThrow('line 2');
});
