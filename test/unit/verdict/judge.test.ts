import {existsSync, readFileSync} from 'node:fs';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {type Host, Host as HostSchema} from '../../../src/contract/host.js';
import {RuleId, Verdict} from '../../../src/contract/verdict.js';
import type {ImageFacts} from '../../../src/matrix/image-facts.js';
import {undescribedImage} from '../../../src/matrix/image-facts.js';
import {findImage, loadMatrix, unlistedImage} from '../../../src/matrix/matrix.js';
import {judge, verdictOf} from '../../../src/verdict/judge.js';
import {IMAGINED, imaginedHost} from '../../../src/verdict/question.js';
import {RECORDINGS_EXPECTED} from '../host/layout.js';
import {image, machine} from './machines.js';

const SAMPLE = '../shared/tools/verdicts-sample.json';
const matrix = loadMatrix();

interface Pair {
  driver: string;
  gpu: string;
  image: string;
  expect: Verdict['verdict'];
  why: string;
}

describe('the verdict', () => {
  test('names every rule, in the form of the contract', () => {
    const verdict = judge(machine('580.95.05', 'RTX 3090'), image(), IMAGINED);
    expect(Verdict.parse(verdict)).toEqual(verdict);
    expect(new Set(verdict.rules.map(rule => rule.id))).toEqual(new Set(RuleId.options));
    expect(verdict.verdict).toBe('runs');
    const bare = judge(machine('580.95.05', []), image({requires: {texts: ['cuda>=99'], complete: true, arch: null}}));
    expect(new Set(bare.rules.map(rule => rule.id))).toEqual(new Set(RuleId.options));
    expect(bare.verdict).toBe('fails');
  });

  test('one failure fails it, then one unknown leaves it open; advice changes nothing', () => {
    const rule = (id: RuleId, outcome: 'pass' | 'warn' | 'fail' | 'unknown' | 'skip') => ({id, outcome, reason: 'x'});
    expect(verdictOf([rule('cpu', 'fail'), rule('platform', 'unknown')])).toBe('fails');
    expect(verdictOf([rule('cpu', 'unknown'), rule('platform', 'warn')])).toBe('unknown');
    expect(verdictOf([rule('space', 'fail'), rule('available', 'unknown'), rule('cpu', 'skip')])).toBe('runs');
  });

  test('an imagined machine is a host of the contract', () => {
    const host = imaginedHost({driver: '551.78', gpus: ['RTX 4090', 'who knows'], arch: 'x64', wsl: true});
    expect(HostSchema.parse(host)).toEqual(host);
    expect(host.driver).toMatchObject({version: '551.78', cudaVersion: null, cudaVersionDerived: '12.4'});
    expect(() => imaginedHost({driver: 'new', gpus: [], arch: null, wsl: false})).toThrow('no driver number');
  });

  test('an image of which nothing is known never runs and never fails', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('470.256.02', '535.104.05', '615.71.09'),
        fc.constantFrom('RTX 3090', 'who knows'),
        (driver, gpu) => {
          expect(judge(machine(driver, gpu), undescribedImage('a/b:c'), IMAGINED).verdict).toBe('unknown');
        },
      ),
    );
  });

  test('taking a fact away never turns a verdict into "runs"', () => {
    const facts: Partial<ImageFacts> = {
      gpu: null,
      cuda: [],
      code: [],
      requires: null,
      platforms: null,
      described: false,
    };
    const poorer: ((host: Host) => Host)[] = [
      h => ({...h, gpus: null}),
      h => ({...h, driver: {...h.driver, version: null, cudaVersionDerived: null}}),
      h => ({...h, gpus: (h.gpus ?? []).map(gpu => ({...gpu, name: null, computeCapability: null}))}),
    ];
    const anyImage = fc.record({
      cuda: fc.constantFrom(['11.8'], ['12.4.1'], ['10.2']),
      cudaCompat: fc.constantFrom(true, false),
      minDriver: fc.constantFrom(null, '550'),
    });
    fc.assert(
      fc.property(
        fc.constantFrom('450.80.02', '535.104.05', '580.95.05'),
        anyImage,
        fc.subarray(Object.keys(facts) as (keyof ImageFacts)[]),
        fc.subarray(poorer),
        (driver, change, taken, less) => {
          const host = machine(driver, 'NVIDIA H100');
          const rich = image(change);
          const poor = {...rich, ...Object.fromEntries(taken.map(key => [key, facts[key as keyof typeof facts]]))};
          const before = judge(host, rich, IMAGINED).verdict;
          const after = judge(
            less.reduce((known, take) => take(known), host),
            poor,
            IMAGINED,
          ).verdict;
          if (before !== 'runs') expect(after).not.toBe('runs');
          if (less.length > 0 || taken.some(key => key !== 'platforms' && key !== 'gpu'))
            expect(after).not.toBe('runs');
        },
      ),
    );
  });

  test('host and image pairs with a known answer', () => {
    if (!existsSync(SAMPLE)) {
      expect(RECORDINGS_EXPECTED).toBe(false);
      return;
    }
    const pairs = JSON.parse(readFileSync(SAMPLE, 'utf8')) as Pair[];
    const wrong = pairs.filter(pair => {
      const host = imaginedHost({driver: pair.driver, gpus: [pair.gpu], arch: null, wsl: false});
      const {verdict, rules} = judge(host, findImage(matrix, pair.image) ?? unlistedImage(pair.image), IMAGINED);
      const because = rules.filter(rule => rule.outcome === 'fail').map(rule => rule.id as string);
      return (
        verdict !== pair.expect || (verdict === 'fails' && !because.some(id => id === pair.why || id === 'driver-gpu'))
      );
    });
    process.stdout.write(`${pairs.length} pairs of ${SAMPLE} judged\n`);
    expect(wrong).toEqual([]);
    expect(pairs.length).toBeGreaterThan(250);
  });
});
