import {describe, expect, jest, test} from '@jest/globals';
import fc from 'fast-check';
import type {BuildEvent} from '../../../src/engine/build-progress.js';
import {EXIT, Failure, isFailure} from '../../../src/failure.js';
import {showBuild} from '../../../src/ui/build.js';
import {failureDocument, renderFailure} from '../../../src/ui/failure.js';
import {renderLaunch} from '../../../src/ui/launch.js';
import {printable} from '../../../src/ui/printable.js';
import {Progress} from '../../../src/ui/progress.js';
import {showPull} from '../../../src/ui/pull.js';

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

  test('in a log gives a sign of life when nothing was said for long', () => {
    let now = 0;
    const log = screen({});
    const progress = new Progress(log, {now: () => now});
    for (now = 0; now < 70_000; now += 10_000) progress.status(`at ${now}`);
    expect(log.written).toEqual(['at 30000\n', 'at 60000\n']);
  });

  test('a terminal that is read out gets no line that changes', () => {
    const terminal = screen({isTTY: true});
    const progress = new Progress(terminal, {env: {TERM: 'dumb'}});
    progress.status('now');
    progress.line('done');
    expect(terminal.written).toEqual(['done\n']);
  });

  test('a terminal without a size is not taken for one without room', () => {
    const terminal = screen({isTTY: true, columns: 0});
    new Progress(terminal).status('now');
    expect(terminal.written).toEqual(['now']);
  });

  test('counts the places that a character takes', () => {
    const terminal = screen({isTTY: true, columns: 8});
    new Progress(terminal).status('数据集训练');
    expect(terminal.written).toEqual(['数据集']);
  });

  test('of work that takes long says what it is and for how long, and nothing of what is soon done', async () => {
    const terminal = screen({isTTY: true});
    let now = 0;
    const progress = new Progress(terminal, {now: () => now});
    expect(await progress.during('copies', Promise.resolve('done'))).toBe('done');
    expect(terminal.written).toEqual([]);
    const work = progress.during('copies', new Promise(done => setTimeout(done, 1_200)));
    now = 1_000;
    await work;
    expect(terminal.written).toEqual(['copies, 1.0 s …', '\r\u001b[2K']);
    await expect(progress.during('copies', Promise.reject(new Error('no room')))).rejects.toThrow('no room');
  });

  test('of work that takes longer still a log has one line', async () => {
    jest.useFakeTimers();
    try {
      const log = screen({});
      let done = (): void => {};
      const work = new Promise<void>(resolve => {
        done = resolve;
      });
      const shown = new Progress(log).during('copies', work);
      jest.advanceTimersByTime(4_000);
      expect(log.written).toEqual([]);
      jest.advanceTimersByTime(10_000);
      done();
      await shown;
      expect(log.written).toEqual(['copies …\n']);
    } finally {
      jest.useRealTimers();
    }
  });

  test('says as much as was asked for, and a repeated line once', () => {
    const lines = (['quiet', 'normal', 'verbose'] as const).map(loudness => {
      const log = screen({});
      const progress = new Progress(log, {loudness, env: {LANG: 'C'}});
      progress.line('a …');
      progress.detail('b');
      progress.detail('b');
      return log.written.join('');
    });
    expect(lines).toEqual(['', 'a ...\n', 'a ...\nb\n']);
  });

  test.each<[BuildEvent, string]>([
    [{type: 'cached', step: 'RUN --mount=type=cache,target=/x  make'}, '  cached  RUN make\n'],
    [{type: 'finished', step: 'RUN make', seconds: 2.54}, '    2.5s  RUN make\n'],
    [{type: 'failed', step: 'RUN make', error: 'exit code: 2'}, '  failed  RUN make\n'],
    [{type: 'built', tag: 'gpudock/x:1', seconds: 200}, 'built gpudock/x:1 in 3 min 20 s: 0 steps, 0 from the cache\n'],
    [{type: 'finished', step: 'x'.repeat(100), seconds: 0}, `    0.0s  ${'x'.repeat(67)}…\n`],
  ])('of a build: %j', (event, line) => {
    const log = screen({});
    showBuild(new Progress(log), () => 0)(event);
    expect(log.written).toEqual([line]);
  });

  test('of a transfer adds the layers up, and tells rate and time', () => {
    let now = 0;
    const terminal = screen({isTTY: true});
    const show = showBuild(new Progress(terminal), () => now);
    const layer = (name: string, current: number): void =>
      show({type: 'transfer', step: 'FROM x', name, current: current * 2 ** 20, total: 3 * 2 ** 20});
    layer('one', 1);
    now = 2000;
    layer('two', 1);
    expect(terminal.written.at(-1)).toBe('FROM x 2.0 MiB of 6.0 MiB · 512 KiB/s · 8.0 s left');
  });

  test('of a pull: what is fetched, how much was here, and a summary', () => {
    let now = 0;
    const terminal = screen({isTTY: true, columns: 120});
    const show = showPull(new Progress(terminal), () => now);
    const event = {type: 'pull', image: 'a/b:1', layers: 4, here: 1, done: 1, total: 4 * 2 ** 30} as const;
    show({...event, current: 0, complete: false});
    now = 5000;
    show({...event, current: 2 ** 30, complete: true});
    show({type: 'pulled', image: 'a/b:1', seconds: 61, last: {...event, done: 3, current: 2 ** 32, complete: true}});
    const said = terminal.written.filter(text => !text.startsWith('\r'));
    expect(said).toEqual([
      'pulling a/b:1\n',
      '0 B of at least 4.0 GiB · 2 of 4 layers (1 was here already)',
      '1.0 GiB of 4.0 GiB · 205 MiB/s · 15 s left · 2 of 4 layers (1 was here already)',
      'pulled a/b:1 in 1 min 01 s: 4.0 GiB, 4 of 4 layers (1 was here already)\n',
    ]);
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
