import {expect, test} from '@jest/globals';
import {nearest} from '../../src/nearest.js';
import {unknownCommand, usageFailure} from '../../src/usage.js';

/** What oclif throws: an error that knows how far the parser came. */
const complaint = (message: string, more = {}) => Object.assign(new Error(message), {parse: {}, ...more});
const FLAGS = ['gpus', 'gpu-memory', 'json', 'detach'];

test.each([
  ['hots', 'host'],
  ['imagse', 'images'],
  ['matrix shwo', 'matrix show'],
  ['notebok', 'notebook'],
  ['lgs', 'logs'],
  ['frobnicate', null],
])('"%s" was meant to be %j', (word, meant) => {
  expect(nearest(word, ['host', 'images', 'notebook', 'logs', 'matrix show'])).toBe(meant);
});

test.each<[Error, string, string | null, RegExp]>([
  [
    complaint('Nonexistent flag: --gpsu', {flags: ['--gpsu']}),
    'flag_unknown',
    'gpudock bench images has no flag --gpsu',
    /mean --gpus\?/,
  ],
  [complaint('Nonexistent flag: -Z', {flags: ['-Z']}), 'flag_unknown', null, /^gpudock bench images --help$/],
  [
    complaint('Missing 1 required arg:\nimage   a reference\n\nNote: x'),
    'usage_invalid',
    'Missing 1 required arg: image a reference',
    /--help/,
  ],
  [
    Object.assign(new Error('Parsing --seed \n\tExpected an integer but received: x\nSee more help with --help'), {
      oclif: {exit: 2},
    }),
    'usage_invalid',
    'Parsing --seed: Expected an integer but received: x',
    /--help/,
  ],
  [
    Object.assign(new Error('Flag --time can only be specified once'), {oclif: {exit: 2}}),
    'usage_invalid',
    'Flag --time can only be specified once',
    /--help/,
  ],
  [complaint('Unexpected arguments: b'), 'usage_invalid', 'Unexpected arguments: b', /--help/],
])('%s', (error, code, message, fix) => {
  const failure = usageFailure(error, 'bench:images', FLAGS);
  expect(failure).toMatchObject({code, exit: 2, ...(message === null ? {} : {message})});
  expect(failure?.fix).toMatch(fix);
});

test('another error is none of the command line', () => {
  expect(usageFailure(new Error('x'), 'run', FLAGS)).toBeNull();
});

test('a command that does not exist names the one that was meant', () => {
  expect(unknownCommand('matrix:shwo', ['matrix:show', 'run'])).toMatchObject({
    code: 'command_unknown',
    fix: 'did you mean gpudock matrix show? gpudock --help lists all',
    exit: 2,
  });
});
