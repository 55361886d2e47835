import {expect, test} from '@jest/globals';
import type {Candidate, Match} from '../../../src/contract/verdict.js';
import {renderMatch} from '../../../src/ui/match.js';

const MINOR =
  'needs CUDA 12.6.3; driver 535.183.01 (CUDA 12.2) is older but of the same major: programs run by minor-version compatibility';
const rule = (outcome: 'warn' | 'fail' | 'unknown', reason: string, fix?: string) =>
  ({id: 'driver-floor', outcome, reason, ...(fix === undefined ? {} : {fix})}) as const;

const candidate = (name: string, verdict: Candidate['verdict'], rules: Candidate['rules']): Candidate => ({
  image: `team/${name}`,
  digest: null,
  verdict,
  rules,
  framework: 'pytorch',
  version: '2.14.0a0+4fdf77b940',
  cuda: '12.6.3',
  python: '3.12',
  variant: null,
});
const answer = (candidates: Candidate[], more: Partial<Match> = {}): Match => ({
  schema: 'gpudock/match/1',
  matrix: {date: '2026-11-22'},
  request: {specs: ['pytorch']},
  candidates,
  unlock: [],
  ...more,
});

test('a note that several images share is said once, and those without one have no number', () => {
  const shown = renderMatch(
    answer([
      candidate('a:1', 'runs', [rule('warn', MINOR, 'never shown of what runs')]),
      candidate('b:1', 'runs', [rule('warn', MINOR)]),
      candidate('c:1', 'runs', []),
      candidate('d:1', 'runs', [rule('warn', 'PTX alone')]),
    ]),
    80,
  );
  expect(shown).toBe(
    [
      'IMAGE     VERSION   CUDA  PYTHON  VERDICT',
      'team/a:1  2.14.0a0  12.6  3.12    runs (1)',
      'team/b:1  2.14.0a0  12.6  3.12    runs (1)',
      'team/c:1  2.14.0a0  12.6  3.12    runs',
      'team/d:1  2.14.0a0  12.6  3.12    runs (2)',
      '(1) needs CUDA 12.6.3; driver 535.183.01 (CUDA 12.2) is older but of the',
      '    same major: programs run by minor-version compatibility',
      '(2) PTX alone',
      '',
    ].join('\n'),
  );
});

test('where nothing runs it says so, with what to do, and what does run', () => {
  const old = rule('fail', 'the driver is too old', 'a newer one');
  const shown = renderMatch(
    answer([candidate('a:1', 'fails', [old]), candidate('b:1', 'fails', [old])], {
      unlock: [{image: 'team/a:1', needs: 'driver >= 570.26'}],
      instead: [{framework: 'tensorflow', version: '2.11.0', image: 'team/c:1'}],
      wheels: {requirement: 'torch==2.0.1', build: 'cu117', cuda: '11.7', reason: 'the driver carries it'},
    }),
  );
  expect(shown).toBe(
    [
      'nothing that was asked for is known to run here; the nearest:',
      'IMAGE     VERSION   CUDA  PYTHON  VERDICT',
      'team/a:1  2.14.0a0  12.6  3.12    does not run',
      'team/b:1  2.14.0a0  12.6  3.12    does not run',
      'each: the driver is too old',
      '    fix: a newer one',
      'newer: team/a:1 needs driver >= 570.26',
      'runs here: tensorflow 2.11.0, team/c:1',
      'or, in a plain image with Python: torch==2.0.1 from the cu117 wheels (the driver carries it)',
      '',
    ].join('\n'),
  );
});

test('no image at all: the newest there is, and none wider than the terminal', () => {
  const shown = renderMatch(answer([], {newest: [{framework: 'pytorch', version: '2.14.1'}]}), 60);
  expect(shown).toMatch(/its newest\s+pytorch is 2\.14\.1/);
  expect(Math.max(...shown.split('\n').map(line => line.length))).toBeLessThanOrEqual(60);
});
