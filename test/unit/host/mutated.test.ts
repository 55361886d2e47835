import {describe, expect, test} from '@jest/globals';
import type {Host} from '../../../src/contract/host.js';
import {captureWorld} from '../../../src/host/capture.js';
import {busKey} from '../../../src/host/gpus.js';
import {probe} from '../../../src/host/probe.js';
import {bytesOf, layOut, placesOf, RECORDINGS_EXPECTED, type Recording, recordings} from './layout.js';

type Gpu = NonNullable<Host['gpus']>[number];

const read = (recording: Recording, content: Buffer | string): Promise<Host> =>
  probe(captureWorld(layOut(placesOf(recording, content))));

/** The same numbers on every run (Lehmer's generator, modulus 2^31 - 1). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

type Mutation = (lines: string[], random: (below: number) => number) => string[];

const dropped: Mutation = (lines, random) => lines.filter(() => random(10) > 0);
const repeated: Mutation = (lines, random) => lines.flatMap(line => (random(10) > 0 ? line : [line, line]));
const swapped: Mutation = (lines, random) => {
  const at = random(Math.max(1, lines.length - 1));
  return lines.map((line, index) =>
    index === at ? (lines[at + 1] ?? line) : index === at + 1 ? (lines[at] ?? line) : line,
  );
};
/** Values in digits of another script, as a translated tool might print them. */
const localized: Mutation = lines =>
  lines.map(line =>
    line.replace(/\d+(?:\.\d+){1,3}(?= |$)|\d+(?= ?(?:MiB|%)\b)/g, number =>
      number.replace(/\d/g, digit => String.fromCharCode(0x0660 + Number(digit))),
    ),
  );

const LINES: Record<string, Mutation> = {
  'lines lost': dropped,
  'lines repeated': repeated,
  'two lines swapped': swapped,
  'digits of another script': localized,
};

/** What may be said of a changed report: what the whole one says, or nothing. */
function wrongIn(changed: Host, whole: Host): string[] {
  const facts: [string, unknown, unknown][] = [
    ['driver.version', changed.driver.version, whole.driver.version],
    ['driver.cudaVersion', changed.driver.cudaVersion, whole.driver.cudaVersion],
    ['driver.flavor', changed.driver.flavor, whole.driver.flavor],
    ['cudaToolkit.version', changed.cudaToolkit.version, whole.cudaToolkit.version],
    ['toolkit.version', changed.toolkit.version, whole.toolkit.version],
    ['engine.version', changed.engine.version, whole.engine.version],
  ];
  if (changed.driver.status !== 'unknown' && whole.driver.status !== 'unknown')
    facts.push(['driver.status', changed.driver.status, whole.driver.status]);
  if (changed.gpus?.length === 0) facts.push(['gpus', [], whole.gpus]);
  const wrong = facts.filter(([, said, truth]) => said !== null && JSON.stringify(said) !== JSON.stringify(truth));
  return [
    ...wrong.map(([fact, said]) => `${fact}: ${said}`),
    ...(changed.gpus ?? []).flatMap(gpu => wrongGpu(gpu, whole)),
  ];
}

function wrongGpu(gpu: Gpu, whole: Host): string[] {
  const known = whole.gpus ?? [];
  const truth =
    known.find(one => gpu.busId !== null && busKey(one.busId) === busKey(gpu.busId)) ??
    known.find(one => gpu.uuid !== null && one.uuid === gpu.uuid) ??
    known.find(one => gpu.index !== null && one.index === gpu.index) ??
    known.find(one => one.name === gpu.name);
  if (!truth) return [`a GPU that is not there: ${JSON.stringify({index: gpu.index, name: gpu.name, bus: gpu.busId})}`];
  const facts: [string, unknown, unknown][] = [
    ['index', gpu.index, truth.index],
    ['name', gpu.name, truth.name],
    ['uuid', gpu.uuid, truth.uuid],
    ['memoryMiB', gpu.memoryMiB, truth.memoryMiB],
    ['mig.mode', gpu.mig.mode, truth.mig.mode],
    ['state', gpu.state === 'unknown' ? null : gpu.state, truth.state],
  ];
  return facts
    .filter(([, said, fact]) => said !== null && said !== fact)
    .map(([fact, said]) => `GPU ${truth.index} ${fact}: ${said}`);
}

/** Kinds in which something that is gone leaves no trace: a device of a list, a message before the report. */
const TRACELESS = /^(?:lspci|smi-error)$/;

const all = recordings();
const several = (content: Buffer): boolean => content.toString('latin1').split('Model:').length > 2;
/** One file for several GPUs is what no machine has. */
const reports = all.filter(recording => recording.kind !== 'proc' || !several(bytesOf(recording)));
const lines = (content: Buffer): string[] => content.toString('utf8').split('\n');

const CUTS = 2;
const PARTS = 20;

/** Cuts of each report, at other places than of the next, so that all places occur. */
const places = (at: number): number[] => Array.from({length: CUTS}, (_, cut) => ((at * CUTS + cut) % (PARTS - 1)) + 1);

describe(`a report that was damaged says what the whole one says, or nothing (${reports.length} reports)`, () => {
  test('they are read where they are', () => expect(all.length > 0).toBe(RECORDINGS_EXPECTED));

  test('cut at its end, or at its start', async () => {
    for (const [at, recording] of reports.entries()) {
      const content = bytesOf(recording);
      const whole = await read(recording, content);
      for (const place of places(at)) {
        const cut = Math.floor((content.length * place) / PARTS);
        // A list that ends with a line end was not visibly cut.
        if (recording.kind === 'lspci' && content[cut - 1] === 0x0a) continue;
        expect([recording.file, place, wrongIn(await read(recording, content.subarray(0, cut)), whole)]).toEqual([
          recording.file,
          place,
          [],
        ]);
        if (TRACELESS.test(recording.kind)) continue;
        expect([recording.file, -place, wrongIn(await read(recording, content.subarray(cut)), whole)]).toEqual([
          recording.file,
          -place,
          [],
        ]);
      }
    }
  }, 60_000);

  test.each(Object.keys(LINES))(
    '%s',
    async mutation => {
      const random = generator(20_261_124);
      for (const recording of reports.filter(({kind}) => !TRACELESS.test(kind))) {
        const content = bytesOf(recording);
        const whole = await read(recording, content);
        const changed = await read(recording, (LINES[mutation]?.(lines(content), random) ?? []).join('\n'));
        expect([recording.file, wrongIn(changed, whole)]).toEqual([recording.file, []]);
      }
    },
    60_000,
  );

  test.each(Object.keys(LINES))(
    '%s: of a list and of an error text something may be gone, and nothing is made up',
    async mutation => {
      const random = generator(20_261_130);
      for (const recording of reports.filter(({kind}) => TRACELESS.test(kind))) {
        const content = bytesOf(recording);
        const whole = await read(recording, content);
        const changed = await read(recording, (LINES[mutation]?.(lines(content), random) ?? []).join('\n'));
        // Without its error a report is that of a driver that runs; without its GPU a listing is that of a machine that has none.
        const untold =
          changed.driver.status === 'ok'
            ? {...changed, driver: {...changed.driver, status: 'unknown' as const}}
            : changed;
        expect([recording.file, wrongIn({...untold, gpus: untold.gpus?.length ? untold.gpus : null}, whole)]).toEqual([
          recording.file,
          [],
        ]);
      }
    },
    60_000,
  );
});
