import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {BuildEvent} from '../../../src/engine/build-progress.js';
import {EXIT, Failure, isFailure} from '../../../src/failure.js';
import {showBuild} from '../../../src/ui/build.js';
import {failureDocument, renderFailure} from '../../../src/ui/failure.js';
import {renderLaunch} from '../../../src/ui/launch.js';
import {printable} from '../../../src/ui/printable.js';
import {Progress} from '../../../src/ui/progress.js';

const screen = (facts: {isTTY?: boolean; columns?: number}) => {
  const written: string[] = [];
  return {written, write: (text: string) => written.push(text), ...facts};
};

describe('printable', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]8;;https://x.example\u0007link\u001b]8;;\u001b\\', 'link'],
    ['a\rb\bc\u0000', 'abc'],
    ['\u202eabc\u2069', 'abc'],
    ['größe\n\t日本', 'größe\n\t日本'],
  ])('%j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test('leaves nothing that a terminal obeys', () => {
    const piece = fc.oneof(
      fc.string({unit: 'binary'}),
      fc.constantFrom('\u001b', '\u001b[', '\u001b]', '\u0007', '31m', '\u009b'),
    );
    fc.assert(
      fc.property(fc.array(piece), parts => {
        expect(printable(parts.join(''))).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });
});

describe('progress', () => {
  test('in a log is a line each, and no status', () => {
    const log = screen({});
    const progress = new Progress(log);
    progress.status('now');
    progress.line('a\nb');
    progress.end();
    expect(log.written).toEqual(['a b\n']);
  });

  test('on a terminal is one line that changes, no wider than it', () => {
    const terminal = screen({isTTY: true, columns: 10});
    const progress = new Progress(terminal);
    progress.status('a long status line');
    progress.line('done');
    progress.end();
    expect(terminal.written).toEqual(['a long st', '\r\u001b[2K', 'done\n']);
  });

  test.each<[BuildEvent, string]>([
    [{type: 'cached', step: 'RUN --mount=type=cache,target=/x  make'}, '  cached  RUN make\n'],
    [{type: 'finished', step: 'RUN make', seconds: 2.54}, '    2.5s  RUN make\n'],
    [{type: 'failed', step: 'RUN make', error: 'exit code: 2'}, '  failed  RUN make\n'],
    [{type: 'finished', step: 'x'.repeat(100), seconds: 0}, `    0.0s  ${'x'.repeat(67)}…\n`],
  ])('of a build: %j', (event, line) => {
    const log = screen({});
    showBuild(new Progress(log))(event);
    expect(log.written).toEqual([line]);
  });

  test('of a transfer is told in MiB', () => {
    const terminal = screen({isTTY: true});
    showBuild(new Progress(terminal))({
      type: 'transfer',
      step: 'FROM x',
      name: 'l',
      current: 1_048_576,
      total: 3_145_728,
    });
    expect(terminal.written).toEqual(['FROM x 1.0 MiB of 3.0 MiB']);
  });
});

describe('failures', () => {
  const failure = new Failure({
    code: 'gpu_not_found',
    message: 'there is no GPU \u001b[31m7',
    cause: 'none was found',
    fix: 'gpudock host',
    details: ['last\u0007 line'],
  });

  test('say what happened, why, and what to do', () => {
    expect(renderFailure(failure, false)).toBe(
      '  last line\nError: there is no GPU 7\nWhy:   none was found\nFix:   gpudock host\n',
    );
    expect(renderFailure(new Failure({code: 'x', message: 'm'}), false)).toBe('Error: m\n');
    expect(renderFailure(new Error('m'), false)).toBe('Error: m\n');
    expect(renderFailure(failure, true)).toContain('show.test');
  });

  test('are documents for machines', () => {
    expect(failureDocument(failure)).toEqual({
      error: {code: 'gpu_not_found', message: failure.message, cause: 'none was found', fix: 'gpudock host'},
    });
    expect(failureDocument(new Error('m'))).toEqual({
      error: {code: 'unexpected', message: 'm', cause: null, fix: null},
    });
  });

  test('have the exit codes that scripts rely on', () => {
    expect(EXIT).toEqual({
      done: 0,
      failed: 1,
      usage: 2,
      incompatible: 3,
      cannotTell: 4,
      noEngine: 5,
      ownFailure: 125,
      interrupted: 130,
    });
    expect(failure.exit).toBe(EXIT.failed);
    expect([failure, new Error('m'), 'm'].map(isFailure)).toEqual([true, false, false]);
  });
});

test.each<[string | null, RegExp]>([
  [null, /The image is there already: gpudock\/x:1/],
  ['FROM python', /# Dockerfile\nFROM python/],
])('a plan shows decisions, image and command (Dockerfile: %j)', (dockerfile, text) => {
  const decisions = [{setting: 'gpus', value: 'none', why: 'asked for'}];
  const shown = renderLaunch({
    schema: 'gpudock/launch/1',
    image: 'gpudock/x:1',
    container: {},
    command: 'docker run x',
    decisions,
    url: null,
    dockerfile,
  });
  expect(shown).toMatch(text);
  expect(shown).toContain('gpus     none   asked for');
  expect(shown).toContain('docker run x\n');
});
