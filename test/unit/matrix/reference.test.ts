import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parseReference, repositoryOf} from '../../../src/matrix/reference.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('image references', () => {
  test.each([
    ['ubuntu', 'docker.io', 'library/ubuntu', null, null],
    ['pytorch/pytorch:2.4.1', 'docker.io', 'pytorch/pytorch', '2.4.1', null],
    ['index.docker.io/pytorch/pytorch', 'docker.io', 'pytorch/pytorch', null, null],
    ['nvcr.io/nvidia/pytorch:24.05-py3', 'nvcr.io', 'nvidia/pytorch', '24.05-py3', null],
    ['localhost:5000/a/b', 'localhost:5000', 'a/b', null, null],
    ['localhost/a', 'localhost', 'a', null, null],
    ['[::1]:5000/a', '[::1]:5000', 'a', null, null],
    [`a/b:t@${DIGEST}`, 'docker.io', 'a/b', 't', DIGEST],
    [`a/b@${DIGEST}`, 'docker.io', 'a/b', null, DIGEST],
    ['a__b/c-_d'.replace('-_', '--'), 'docker.io', 'a__b/c--d', null, null],
  ])('%s', (text, domain, path, tag, digest) => {
    expect(parseReference(text)).toEqual({domain, path, tag, digest});
  });

  test.each([
    [''],
    [':tag'],
    ['a/../b'],
    ['a//b'],
    ['/a'],
    ['a/b:'],
    ['a b'],
    ['UPPER'],
    ['a/Upper'],
    ['a:-tag'],
    ['a@sha256:short'],
    ['ä/b'],
    ['a/b:tag@'],
    ['localhost:65536/a'],
    ['a'.repeat(10_000)],
    [`${'a-'.repeat(120)}!`],
  ])('%s is none', text => {
    expect(parseReference(text)).toBeNull();
  });

  test('one name in every spelling is one repository', () => {
    const names = ['pytorch/pytorch', 'docker.io/pytorch/pytorch', 'index.docker.io/pytorch/pytorch:x'];
    expect(new Set(names.map(name => repositoryOf(parseReference(name) ?? never())))).toEqual(
      new Set(['docker.io/pytorch/pytorch']),
    );
  });

  test('any text is read or refused; what is read reads the same again', () => {
    const parts = fc.constantFrom('a', 'b1', '/', ':', '@', '.', '-', '_', 'A', '..', 'sha256', '5000', 'é', ' ');
    fc.assert(
      fc.property(
        fc.array(parts, {maxLength: 12}).map(list => list.join('')),
        text => {
          const parsed = parseReference(text);
          if (!parsed) return;
          const tag = parsed.tag === null ? '' : `:${parsed.tag}`;
          expect(parseReference(`${repositoryOf(parsed)}${tag}`)).toEqual(parsed);
        },
      ),
    );
  });
});

function never(): never {
  throw new Error('not a reference');
}
