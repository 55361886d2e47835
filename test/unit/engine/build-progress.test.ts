import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {type BuildEvent, BuildProgress} from '../../../src/engine/build-progress.js';

const T0 = '2026-01-01T00:00:00Z';
const T2 = '2026-01-01T00:00:02.5Z';
const log = (vertex: string, data: string) => ({logs: [{vertex, data: Buffer.from(data).toString('base64')}]});
const vertex = (facts: object) => ({vertexes: [{digest: 'a', name: '[1/2] RUN make', started: T0, ...facts}]});
const STEP = '[1/2] RUN make';

const forms: [string, (document: object) => string[]][] = [
  ['one line an object', document => [JSON.stringify(document)]],
  ['spread over lines', document => JSON.stringify(document, null, 2).split('\n')],
];

describe.each(forms)('%s', (_, lines) => {
  const read = (progress: BuildProgress, ...documents: object[]): BuildEvent[] =>
    documents.flatMap(lines).flatMap(line => progress.read(line));

  test('a step starts once, prints, and ends once', () => {
    const events = read(
      new BuildProgress(),
      vertex({}),
      vertex({}),
      log('a', 'one\ntw'),
      log('a', 'o\r\n'),
      vertex({completed: T2}),
      vertex({completed: T2}),
    );
    expect(events).toEqual([
      {type: 'started', step: STEP},
      {type: 'output', step: STEP, line: 'one'},
      {type: 'output', step: STEP, line: 'two'},
      {type: 'finished', step: STEP, seconds: 2.5},
    ]);
  });

  test('a character may be cut between two chunks', () => {
    const bytes = Buffer.from('größer ✓\n');
    const chunks = [bytes.subarray(0, 3), bytes.subarray(3, 9), bytes.subarray(9)];
    const logs = chunks.map(chunk => ({logs: [{vertex: 'a', data: chunk.toString('base64')}]}));
    expect(read(new BuildProgress(), vertex({}), ...logs).at(-1)).toMatchObject({line: 'größer ✓'});
  });

  test('a cached step, a transfer, and housekeeping', () => {
    const transfer = {
      statuses: [
        {id: 'layer', vertex: 'a', current: 1, total: 4},
        {id: 'unknown', vertex: 'a', current: 1},
      ],
    };
    const internal = {vertexes: [{digest: 'i', name: '[internal] load build definition', started: T0, completed: T2}]};
    expect(read(new BuildProgress(), internal, vertex({completed: T2, cached: true}), transfer)).toEqual([
      {type: 'cached', step: STEP},
      {type: 'transfer', step: STEP, name: 'layer', current: 1, total: 4},
    ]);
  });

  test('a base that is looked up and then fetched', () => {
    const layer = {statuses: [{id: 'sha256:aa', vertex: 'a', current: 4, total: 4}]};
    const later = {started: T2, completed: '2026-01-01T00:00:04Z'};
    const events = read(
      new BuildProgress(),
      vertex({completed: T0}),
      vertex({started: T2}),
      layer,
      vertex(later),
      vertex(later),
    );
    expect(events).toEqual([
      {type: 'finished', step: STEP, seconds: 0},
      {type: 'transfer', step: STEP, name: 'sha256:aa', current: 4, total: 4},
      {type: 'fetched', step: STEP, seconds: 1.5},
    ]);
  });

  test('the failed step is the cause, with its last lines, whole or not; what was canceled is none', () => {
    const progress = new BuildProgress();
    const canceled = {vertexes: [{digest: 'b', name: 'other', started: T0, completed: T2, error: 'context canceled'}]};
    const output = Array.from({length: 60}, (_, line) => `line ${line}\n`).join('');
    const events = read(
      progress,
      canceled,
      vertex({}),
      log('a', `${output}make: *** failed`),
      vertex({completed: T2, error: 'exit code: 2'}),
    );
    expect(events.at(-1)).toEqual({type: 'failed', step: STEP, error: 'exit code: 2'});
    expect(progress.failedStep).toBe(STEP);
    expect(progress.tail[0]).toBe('line 20');
    expect(progress.tail.at(-1)).toBe('make: *** failed');
  });

  test('words of buildx among the objects are kept', () => {
    const progress = new BuildProgress();
    progress.read('WARNING: no output');
    read(progress, vertex({}));
    progress.read('');
    progress.read('ERROR: failed to solve');
    expect(progress.words).toEqual(['WARNING: no output', 'ERROR: failed to solve']);
  });
});

test('no line makes it throw', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json(), fc.constantFrom('{', '}', '{"vertexes":[{}]}'))), lines => {
      const progress = new BuildProgress();
      for (const line of lines) expect(Array.isArray(progress.read(line))).toBe(true);
    }),
  );
});
