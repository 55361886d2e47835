import {describe, expect, test} from '@jest/globals';
import {compareSessions} from '../../../src/bench/compare.js';
import {benchHtml} from '../../../src/bench/report/html.js';
import {benchLines, benchMarkdown, benchRows} from '../../../src/bench/report/text.js';
import {benchDocument} from '../../../src/bench/result.js';
import {statisticBlocks} from '../../../src/bench/samples.js';
import {Bench, type BenchTrial} from '../../../src/contract/bench.js';
import {FACTS, race, trials} from './sessions.js';

const LOAD = 'other programs kept 1.0 of 2 CPUs busy';

describe('the document of a session', () => {
  const bench = benchDocument(
    [
      race('interpreter', trials(20, 1)),
      race('small-layer', trials(20, 1.4)),
      race('gemm-bf16', [], 'no GPU'),
      race('gemm-numpy', trials(1, 1), 'on the host: it ended with exit code 1: no room'),
    ],
    FACTS,
  );
  const [interpreter, layer, gpu, failed] = bench.workloads;

  test('is what its schema says', () => {
    expect(Bench.parse(JSON.parse(JSON.stringify(bench)))).toEqual(JSON.parse(JSON.stringify(bench)));
  });

  test('has a verdict for each workload, and the cause and fix of a slower one', () => {
    expect(interpreter?.verdict).toBe('equivalent');
    expect(interpreter?.fix).toBeUndefined();
    expect(layer?.verdict).toBe('slower');
    expect(layer?.fix).toMatch(/volume/);
    expect(layer?.host).toHaveLength(layer?.container.length ?? -1);
    expect(bench.usable).toBe(true);
  });

  test('claims nothing where nothing was measured', () => {
    expect(gpu).toMatchObject({verdict: 'skipped', ratio: null, interval: null, note: 'no GPU'});
    expect(failed).toMatchObject({verdict: 'skipped', ratio: null});
    expect(failed?.note).toMatch(/exit code 1/);
  });

  test('of a few pairs has a ratio and no interval, which would be far too narrow', () => {
    const few = benchDocument([race('interpreter', trials(4, 1.2))], FACTS);
    expect(few.workloads[0]).toMatchObject({interval: null, control: null, verdict: 'undecided', pairsMissing: 12});
    expect(few.workloads[0]?.ratio).toBeCloseTo(1.2, 1);
    expect(benchRows(few)[1]?.join(' ')).toMatch(/1\.2\d\d \(too few pairs for an interval\).*at least 12 more pairs/);
    expect(benchHtml(few)).not.toMatch(/NaN|undefined|null/);
  });

  test('of one pair of trials or two is undecided, not skipped', () => {
    const [begun] = benchDocument([race('interpreter', trials(1, 1))], FACTS).workloads;
    expect(begun).toMatchObject({verdict: 'undecided', ratio: null, pairsMissing: 20, note: 'too few pairs'});
  });

  test('says what is left of a session whose time was over before a workload had its turn', () => {
    const [late] = benchDocument([race('interpreter', [])], FACTS).workloads;
    expect(late).toMatchObject({verdict: 'skipped', note: 'no time was left for it'});
  });

  test('says on what files, and in what state of caches, a workload measured', () => {
    const on = (host: string, container: string) =>
      trials(10, 1).map(trial => ({
        ...trial,
        readings: {fileSystem: trial.side === 'host' ? host : container, pageCache: 'dropped', bytecode: 'there'},
      }));
    const notes = (host: string, container: string) =>
      benchDocument([race('read-layer', on(host, container))], FACTS).workloads[0]?.note;
    expect(notes('ext4 on 8:1', 'overlay')).toBe(
      'files: host ext4 on 8:1, container overlay; page cache: dropped; bytecode: there',
    );
    expect(notes('ext4 on 8:1', 'ext4 on 8:1')).toBe('files: ext4 on 8:1; page cache: dropped; bytecode: there');
  });

  test('says at what clocks the trials ran, and how many were slowed down', () => {
    const clocked = trials(10, 1).map((trial, place) => ({
      ...trial,
      readings: {smClockMHz: place === 3 ? 1000 : 1900, smClockMaxMHz: 1980, throttleReasons: 0, cpuMHz: 3000},
      marked: place === 3 ? 'the GPU ran at 1000 of 1980 MHz' : null,
    }));
    expect(benchDocument([race('interpreter', clocked)], FACTS).conditions).toEqual([
      'machine: a <processor>',
      'CPU clock: 3000 MHz (3000–3000) in 40 trials, slow-downs not told',
      'GPU clock: 1900 MHz (1000–1900) in 40 trials, 1 marked as slowed down',
    ]);
  });

  test('comes out the same from the same samples', () => {
    const again = benchDocument([race('interpreter', trials(20, 1))], FACTS);
    expect(again).toEqual(benchDocument([race('interpreter', trials(20, 1))], FACTS));
  });

  test('of nothing at all has no control', () => {
    expect(benchDocument([race('gemm-bf16', [], 'no GPU')], FACTS)).toMatchObject({control: null, usable: true});
  });

  test('turns an absolute margin into a share of the host’s figure', () => {
    const [start] = benchDocument([race('start', trials(20, 1))], FACTS).workloads;
    expect(start?.margin).toBeCloseTo(5, 1);
    expect(start?.marginAbsolute).toBe(50);
  });
});

describe('other load', () => {
  test('in a few blocks leaves them out', () => {
    const chosen = statisticBlocks(trials(20, 1, block => (block < 5 ? LOAD : null)));
    expect(chosen).toMatchObject({left: 5, disturbed: false});
    expect(chosen.blocks).toHaveLength(15);
  });

  test('in most of them makes the session unusable, and it says so', () => {
    const bench = benchDocument(
      [
        race(
          'interpreter',
          trials(20, 1, block => (block < 15 ? LOAD : null)),
        ),
      ],
      FACTS,
    );
    expect(bench.usable).toBe(false);
    expect(bench.warnings[0]).toMatch(/unusable: more than half of the blocks are marked/);
    expect(benchLines(bench).join('\n')).toMatch(/NOT USABLE/);
  });

  test('of a block cut off half-way does not count', () => {
    expect(statisticBlocks(trials(3, 1).slice(0, 10)).blocks).toHaveLength(2);
  });
});

describe('the A/A control', () => {
  /** The second of a side's two trials is so much slower than the first, as a machine has it that is not like itself. */
  const odd = (side: BenchTrial['side'], by: number): BenchTrial[] =>
    trials(30, 1).map(trial =>
      trial.side === side && trial.arm === 1 ? {...trial, iterations: trial.iterations.map(of => of * by)} : trial,
    );

  test.each(['host', 'container'] as const)(
    'makes the session unusable where the %s differs by 3 %% of itself',
    side => {
      const bench = benchDocument([race('interpreter', odd(side, 1.03))], FACTS);
      expect(bench.control).toMatchObject({side, verdict: 'slower', workload: 'interpreter'});
      expect(bench.control?.ratio).toBeCloseTo(1.03, 2);
      expect(bench.usable).toBe(false);
      expect(bench.warnings[0]).toMatch(
        new RegExp(`^unusable: ${side} differs from itself in interpreter \\(\\+[23]\\.\\d %\\)`),
      );
    },
  );

  test('of one workload is not hidden by another that is farther from 1 and may be', () => {
    // The margin of a start is absolute: here it is five times the figure.
    const bench = benchDocument([race('interpreter', odd('host', 1.04)), race('start', odd('host', 1.5))], FACTS);
    expect(bench.control).toMatchObject({workload: 'interpreter'});
    expect(bench.usable).toBe(false);
  });
});

describe('the reports', () => {
  const bench = benchDocument([race('interpreter', trials(12, 1.2)), race('gemm-bf16', [], 'no GPU')], {
    ...FACTS,
    sides: {host: 'the host', container: 'evil<script>|`x`'},
  });

  test('have a row a workload', () => {
    expect(benchRows(bench)).toHaveLength(3);
    expect(benchRows(bench)[2]?.at(-1)).toBe('skipped (no GPU)');
    expect(benchRows(bench)[1]?.at(-1)).toMatch(/^slower \(margin/);
  });

  test('hold what comes from outside in its place', () => {
    expect(benchHtml(bench)).not.toMatch(/<script/);
    expect(benchMarkdown(bench)).toContain('evil\\<script\\>\\|\\`x\\`');
  });

  test('a unit of the user’s is text in the page’s drawings too', () => {
    const own = race('interpreter', trials(12, 1));
    const page = benchHtml(
      benchDocument([{...own, workload: {...own.workload, unit: '<script>alert(1)</script>'}}], FACTS),
    );
    expect(page).not.toMatch(/<script/);
    expect(page).toMatch(/<text[^>]*>&#60;script&#62;/);
  });

  test('labels of the margin are left out where they would lie on one another', () => {
    const labels = (ratio: number) => {
      const page = benchHtml(benchDocument([race('interpreter', trials(12, ratio))], FACTS));
      return [...page.matchAll(/text-anchor="middle">([0-9.]+)</g)].map(([, text]) => text);
    };
    expect(labels(1)).toEqual(['0.970', '1.000', '1.030']);
    expect(labels(5)).toEqual(['1.000']);
  });

  test('the page needs nothing from elsewhere and shows every sample', () => {
    const page = benchHtml(bench);
    expect(page).not.toMatch(/(?:src|href)=/);
    expect(page.match(/<circle class="(?:host|container)/g)).toHaveLength(12 * 4 * 3);
    expect(page).toMatch(/prefers-color-scheme:dark/);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('two sessions', () => {
  const session = (ratio: number, processor: string) =>
    benchDocument([race('interpreter', trials(20, ratio))], {...FACTS, machine: {processor}});

  test('are compared side by side, and what else changed is named', () => {
    const comparison = compareSessions(session(1, 'old'), session(1.5, 'new'));
    expect(comparison.changed).toEqual([{fact: 'processor', before: 'old', after: 'new'}]);
    expect(comparison.workloads[0]?.container?.ratio).toBeCloseTo(1.5, 1);
    expect(comparison.workloads[0]?.host?.interval[0]).toBeLessThan(1.01);
  });

  test('on another driver and engine name those, and not how warm the GPU was', () => {
    const on = (driver: string, version: string, temperature: number) =>
      benchDocument([race('interpreter', trials(20, 1))], {
        ...FACTS,
        machine: {gpus: [{driver, temperature, smClockMHz: temperature}], engine: {version}, loadAverage: temperature},
      });
    expect(compareSessions(on('550.1', '26.1', 30), on('570.2', '28.5', 50)).changed).toEqual([
      {fact: 'gpus.0.driver', before: '550.1', after: '570.2'},
      {fact: 'engine.version', before: '26.1', after: '28.5'},
    ]);
  });

  test('of another kind of sides are not compared', () => {
    const images = benchDocument([race('interpreter', trials(20, 1))], {...FACTS, against: 'image'});
    expect(() => compareSessions(session(1, 'x'), images)).toThrow(
      'one session has the sides host and container, the other first and second',
    );
  });

  test('that share nothing say so', () => {
    const other = benchDocument([race('memory', trials(20, 1))], FACTS);
    expect(compareSessions(session(1, 'x'), other)).toMatchObject({
      workloads: [],
      missing: ['interpreter (same-bits)', 'memory (same-bits)'],
    });
  });
});
