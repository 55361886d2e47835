import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {Host} from '../../../src/contract/host.js';
import {captureWorld} from '../../../src/host/capture.js';
import {probe} from '../../../src/host/probe.js';
import {renderHost} from '../../../src/ui/host.js';
import {expectLinear} from '../linear.js';
import {bytesOf, layOut, placesOf, RECORDINGS_EXPECTED, recordings} from './layout.js';
import {GPU_XML, TABLE} from './samples.js';

const KINDS = [
  'smi-table',
  'smi-q-x',
  'smi-q',
  'smi-list',
  'smi-version',
  'smi-csv',
  'smi-apps',
  'smi-error',
  'nvcc',
  'lspci',
  'container-cli-info',
  'nvidia-ctk',
  'cdi-list',
  'proc',
  'cuda-version',
  'docker-info',
  'docker-version',
  'cdi-spec',
  'docker-daemon-json',
];

const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

async function read(kind: string, content: string | Buffer): Promise<Host> {
  const truth = kind === 'smi-error' ? {exit_code: 9} : {};
  const host = await probe(captureWorld(layOut(placesOf({kind, file: '', truth}, content))));
  Host.parse(host);
  expect(renderHost(host)).not.toMatch(UNPRINTABLE);
  return host;
}

/** What parsers trip over: their own keywords, frames and numbers, escapes, changes of direction, prototype names. */
const FRAGMENTS = [
  '|',
  '+---+',
  '\n',
  '\r\n',
  '    ',
  ' : ',
  ', ',
  '{',
  '}',
  '[',
  '"',
  '\u0000',
  '\u001b[31m',
  '\u001b]0;x\u0007',
  '\u202e',
  'NVIDIA-SMI 535.1',
  'Driver Version: ',
  'CUDA Version: ',
  '99999999999999999999',
  '00000000:01:00.0',
  'GPU 0: ',
  '(UUID: ',
  'Processes:',
  'MIG devices:',
  '<nvidia_smi_log>',
  '<gpu id="',
  '</gpu>',
  '<gpu>',
  '&lt;',
  '__proto__',
  'constructor',
  'MiB',
  'index, name, uuid',
  'Model:',
  'host:',
  'Server:',
  'Runtimes:',
  '10de:1b06',
  'ERR!',
  'N/A',
  'Failed to initialize NVML: ',
  'Driver/library version mismatch',
  'Unable to determine the device handle for GPU',
  'GPU is lost',
  'command not found',
  ' VGA compatible controller [0300]: NVIDIA Corporation ',
];
const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({maxLength: 8})), {maxLength: 80})
  .map(parts => parts.join(''));

describe('hostile input', () => {
  test.each(KINDS)('%s: any text is read without a crash, and no control character reaches the screen', async kind => {
    await fc.assert(
      fc.asyncProperty(hostileText, async text => {
        await read(kind, text);
      }),
      {numRuns: 60},
    );
  });

  test.each(KINDS)('%s: any bytes', async kind => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({maxLength: 400}), async bytes => {
        await read(kind, Buffer.from(bytes));
      }),
      {numRuns: 30},
    );
  });

  const name = fc.string({maxLength: 60, unit: 'binary'});

  test('a hostile GPU name in the table', async () => {
    await fc.assert(
      fc.asyncProperty(name, async hostile => {
        await read(
          'smi-table',
          TABLE.replace('NVIDIA L40S', () => hostile),
        );
      }),
      {numRuns: 100},
    );
  });

  /** Where each kind of report has a GPU's name, and a process's. */
  const NAMED: [kind: string, report: (name: string) => string][] = [
    ['smi-list', hostile => `GPU 0: ${hostile} (UUID: GPU-1b5b3b7a-0000-1111-2222-333344445555)\n`],
    ['smi-csv', hostile => `index, name, uuid\n0, ${hostile}, GPU-1b5b3b7a-0000-1111-2222-333344445555\n`],
    ['smi-apps', hostile => `pid, process_name, used_gpu_memory [MiB]\n7, ${hostile}, 12 MiB\n`],
    ['smi-q', hostile => `Attached GPUs : 1\nGPU 00000000:01:00.0\n    Product Name : ${hostile}\n`],
    ['lspci', hostile => `01:00.0 3D controller [0302]: NVIDIA Corporation ${hostile} [10de:20b0] (rev a1)\n`],
    ['smi-error', hostile => `Unable to determine the device handle for GPU0000:01:00.0: GPU is lost. ${hostile}\n`],
    ['proc', hostile => `Model: ${hostile}\nBus Location: 0000:01:00.0\n`],
    ['docker-info', hostile => JSON.stringify({ServerVersion: hostile, Driver: hostile, Runtimes: {[hostile]: {}}})],
  ];

  test.each(NAMED)('%s: a hostile name is shown without what a terminal would obey', async (kind, report) => {
    await fc.assert(
      fc.asyncProperty(name, async hostile => {
        await read(kind, report(hostile));
      }),
      {numRuns: 40},
    );
    await read(kind, report('\u001b[2J\u001b]0;owned\u0007\u202e\u009b31m'));
  });

  test('a hostile process name in the XML report stays a name', async () => {
    const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
    const host = await read(
      'smi-q-x',
      GPU_XML.replace('python3', () => escaped('\u001b[2J<pid>1</pid>__proto__')),
    );
    expect(host.gpus?.[0]?.processes?.[0]?.name).toBe('\u001b[2J<pid>1</pid>__proto__');
  });

  test('names of prototypes change no prototype', async () => {
    await read('docker-info', '{"Runtimes": {"__proto__": {"polluted": 1}}, "ServerVersion": "1.2.3"}');
    await read('smi-q-x', '<nvidia_smi_log><__proto__><polluted>1</polluted></__proto__></nvidia_smi_log>');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

/** Words that a translated or older tool has in place of these. */
const TRANSLATIONS: [RegExp, string][] = [
  [/Driver Version/g, 'Treiberversion'],
  [/Processes:/g, 'Prozesse:'],
  [/No running processes found/g, 'Aucun processus en cours'],
  [/Memory-Usage/g, '\u30e1\u30e2\u30ea\u4f7f\u7528\u91cf'],
  [/Enabled|Disabled/g, '\u5df2\u542f\u7528'],
  [/Product Name/g, 'Nombre del producto'],
  [/Server Version/g, 'Serverversion'],
];

const asLines = (bytes: Buffer, change: (lines: string[]) => string[]): Buffer =>
  Buffer.from(change(bytes.toString('utf8').split('\n')).join('\n'));

const MUTATIONS: Record<string, (bytes: Buffer, random: (below: number) => number) => Buffer> = {
  cut: (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
  beheaded: (bytes, random) => bytes.subarray(random(bytes.length + 1)),
  'with CRLF': bytes => asLines(bytes, lines => lines.map(line => `${line}\r`)),
  'in UTF-16': bytes => Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le'),
  'with lines lost': (bytes, random) => asLines(bytes, lines => lines.filter(() => random(5) > 0)),
  'with lines repeated': (bytes, random) =>
    asLines(bytes, lines => lines.flatMap(line => (random(5) ? line : [line, line]))),
  'with lines in another order': (bytes, random) =>
    asLines(bytes, lines =>
      lines
        .map(line => ({line, at: random(1_000)}))
        .sort((a, b) => a.at - b.at)
        .map(({line}) => line),
    ),
  'prefixed as by a log collector': bytes =>
    asLines(bytes, lines => lines.map(line => `2026-01-01T00:00:00Z node-1 ${line}`)),
  localized: bytes =>
    Buffer.from(TRANSLATIONS.reduce((text, [words, other]) => text.replace(words, other), bytes.toString('utf8'))),
  'with cells that ran together': bytes => Buffer.from(bytes.toString('utf8').replace(/ {2,}/g, ' ')),
  doubled: bytes => Buffer.concat([bytes, bytes]),
  scrambled: (bytes, random) => Buffer.from(bytes.map(byte => (random(50) === 0 ? random(256) : byte))),
  spliced: (bytes, random) => {
    const at = random(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from('\u001b[31m\u202e|,:<>{}'), bytes.subarray(at)]);
  },
};

/** Mutations that change no word of a report. */
const HARMLESS = /^(?:doubled|with CRLF|in UTF-16|with lines lost|with lines repeated|localized)$/;

/** The same numbers on every run (Lehmer's generator, modulus 2^31 - 1). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const all = recordings();

describe(`mutations of real captures (${all.length} read)`, () => {
  test('they are read where they are', () => expect(all.length > 0).toBe(RECORDINGS_EXPECTED));

  test.each(Object.keys(MUTATIONS))('%s', async mutation => {
    const random = generator(20_260_101);
    for (const recording of all)
      await read(recording.kind, MUTATIONS[mutation]?.(bytesOf(recording), random) ?? Buffer.of());
  });

  test.each(Object.keys(MUTATIONS).filter(name => HARMLESS.test(name)))(
    '%s: driver, CUDA and GPUs are those of the whole, or not known',
    async mutation => {
      const random = generator(20_260_102);
      for (const recording of all) {
        const whole = await read(recording.kind, bytesOf(recording));
        const changed = await read(recording.kind, MUTATIONS[mutation]?.(bytesOf(recording), random) ?? Buffer.of());
        const known = [changed.driver.version, changed.driver.cudaVersion, changed.engine.version].filter(Boolean);
        const allowed = [whole.driver.version, whole.driver.cudaVersion, whole.engine.version];
        expect([recording.file, known.filter(version => !allowed.includes(version))]).toEqual([recording.file, []]);
        const names = (host: Host): (string | null)[] => (host.gpus ?? []).map(({name}) => name).filter(Boolean);
        expect([recording.file, names(changed).filter(name => !names(whole).includes(name))]).toEqual([
          recording.file,
          [],
        ]);
      }
    },
  );

  test('a report that stands twice names every GPU once', async () => {
    for (const recording of all.filter(
      ({kind, truth}) => /^smi-(?:table|q|q-x|csv|list)$/.test(kind) && truth.gpus?.length,
    )) {
      const once = await read(recording.kind, bytesOf(recording));
      const twice = await read(recording.kind, MUTATIONS.doubled?.(bytesOf(recording), () => 0) ?? Buffer.of());
      const named = (once.gpus ?? []).every(gpu => gpu.index !== null);
      if (named) expect([recording.file, twice.gpus?.length]).toEqual([recording.file, once.gpus?.length]);
    }
  });
});

describe('time grows with the size alone', () => {
  const LARGE = 4 * 1024 * 1024;
  const repeat = (part: string): string => part.repeat(Math.ceil(LARGE / part.length));

  test.each([
    ['smi-table', repeat('|   0  NVIDIA A100  On | 00000000:8C:00.0 Off | 0 |\n')],
    ['smi-table', `${TABLE}${repeat('|    0   N/A  N/A      5997      C   python      794MiB |\n')}`],
    ['smi-table', repeat('|')],
    ['smi-table', repeat(' ')],
    ['smi-q', repeat('    '.repeat(40))],
    ['smi-q', Array.from({length: 2_000}, (_, at) => `${' '.repeat(at)}a`).join('\n')],
    ['smi-q', repeat('GPU 00000000:8C:00.0\n')],
    ['smi-q-x', `<nvidia_smi_log>${repeat('<gpu id="00000000:8C:00.0">')}`],
    ['smi-q-x', `<nvidia_smi_log>${repeat('<a>')}`],
    ['smi-q-x', `<nvidia_smi_log>${repeat('<gpu><product_name>x</product_name></gpu>')}</nvidia_smi_log>`],
    ['smi-list', repeat('GPU 0: NVIDIA (UUID: ')],
    ['smi-list', Array.from({length: 40_000}, (_, at) => `GPU ${at % 1000}: N (UUID: GPU-${at})`).join('\n')],
    ['smi-csv', `index, name\n${repeat('1, a\n')}`],
    ['smi-csv', repeat(',')],
    ['smi-apps', `pid, process_name, gpu_uuid\n${repeat('1, a, GPU-1\n')}`],
    ['lspci', repeat('01:00.0 VGA compatible controller: NVIDIA Corporation\n')],
    ['lspci', repeat('0')],
    ['proc', repeat('Model: x\n')],
    ['cuda-version', repeat('"cuda": {')],
    ['docker-info', repeat(' Runtimes: a\n  b\n')],
    ['docker-info', `{"Runtimes": ${'{"a":'.repeat(100_000)}`],
    ['docker-info', `host:\n${repeat('  - &a [*a]\n')}`],
    ['cdi-spec', `kind: nvidia.com/gpu\ndevices:\n${repeat('- name: "1"\n')}`],
    ['cdi-spec', repeat('[')],
    ['smi-error', repeat('Failed to initialize NVML: x\n')],
    ['smi-error', repeat('device handle for ')],
    ['smi-error', repeat('error while loading shared libraries: lib')],
  ])('%s, case %#: 4 MiB', async (kind, content) => {
    const plain = 'a line of words\n'.repeat(LARGE / 16);
    await expectLinear(
      share => read(kind, content.slice(0, content.length * share)),
      () => read(kind, plain),
    );
  });

  test.each([
    ['lspci', '01:00.0 VGA compatible controller [0300]: NVIDIA Corporation \u001b[2J X [10de:2684] (rev a1)\n'],
    ['smi-error', 'Unable to determine the device handle for GPU0000:01:00.0: GPU is lost.\n'],
    ['smi-error', '|\n'],
  ])(
    '%s: 100 MB of %j',
    async (kind, line) => {
      const size = 100_000_000;
      const content = Buffer.alloc(size, line);
      const plain = Buffer.alloc(size, 'a line of words\n');
      await expectLinear(
        share => read(kind, content.subarray(0, size * share)),
        () => read(kind, plain),
      );
      expect((await read(kind, content)).gpus?.length ?? 0).toBeLessThanOrEqual(1);
    },
    120_000,
  );
});
