import {readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import {explainText} from '../../../src/diagnosis/explain.js';
import {KNOWN_FAILURES} from '../../../src/diagnosis/known/index.js';

const examples = KNOWN_FAILURES.flatMap(({id, examples}) => examples.map(example => ({id, example})));
const ids = new Set(KNOWN_FAILURES.map(({id}) => id));

const wordings = JSON.parse(readFileSync('test/fixtures/diagnosis/wordings.json', 'utf8')) as {
  id: string | null;
  log: string;
}[];

describe('other wordings, of other versions and programs', () => {
  test.each(wordings)('$id: $log', ({id, log}) => {
    expect(explainText(log).map(match => match.id)).toEqual(id === null ? [] : [id]);
  });
});

describe('each known failure', () => {
  test.each(examples)('$id is the only one named in: $example', ({id, example}) => {
    expect(explainText(example).map(match => match.id)).toEqual([id]);
  });

  test.each(KNOWN_FAILURES)(
    '$id has words long enough to search for, an example, and a source',
    ({signs, sources, examples}) => {
      for (const sign of signs) {
        const anchor = typeof sign === 'string' ? sign : sign[0];
        expect(anchor).toMatch(/^[\u0020-\u007e]{9,}$/);
        expect(anchor).toBe(anchor.toLowerCase());
        expect(anchor).not.toMatch(/["'`]/);
      }
      expect(sources.length).toBeGreaterThan(0);
      expect(examples.length).toBeGreaterThan(0);
    },
  );

  test('explains only failures that are known, and none that explains it in turn', () => {
    const explains = new Map<string, Set<string>>();
    for (const {id, explains: named = []} of KNOWN_FAILURES) {
      explains.set(id, new Set([...(explains.get(id) ?? []), ...named]));
    }
    for (const [id, named] of explains) {
      for (const consequence of named) {
        expect({id, consequence, known: ids.has(consequence)}).toMatchObject({known: true});
        expect({id, consequence, mutual: explains.get(consequence)?.has(id) ?? false}).toMatchObject({mutual: false});
      }
    }
  });

  test('no row appears without a sign of its own', () => {
    expect(KNOWN_FAILURES.length).toBeGreaterThanOrEqual(82);
    expect(KNOWN_FAILURES.every(({signs}) => signs.length > 0)).toBe(true);
  });
});
