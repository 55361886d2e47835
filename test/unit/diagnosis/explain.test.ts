import {Buffer} from 'node:buffer';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {explainStream, explainText} from '../../../src/diagnosis/explain.js';
import {CAPTURES, testEach} from '../host/layout.js';
import {expectLinear} from '../linear.js';

const HEALTHY = 'test/fixtures/diagnosis/healthy';
const FAULT = 'RuntimeError: CUDA error: no kernel image is available for execution on the device';

const explainBytes = (bytes: Uint8Array, chunk = bytes.length) => explainStream(chunks(bytes, chunk));

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) yield bytes.subarray(at, at + Math.max(1, size));
}

const named = (text: string): string[] => explainText(text).map(({id, line}) => `${line}:${id}`);

describe('healthy logs', () => {
  test.each(readdirSync(HEALTHY))('%s names nothing', file => {
    expect(explainText(readFileSync(join(HEALTHY, file), 'utf8'))).toEqual([]);
  });

  test('an empty log names nothing', () => {
    expect(explainText('')).toEqual([]);
  });
});

describe('how logs are written', () => {
  test.each([
    ['CRLF', `one\r\n${FAULT}\r\ntwo\r\n`],
    ['no line end', `one\n${FAULT}`],
    ['timestamps', `x\n2026-07-29T09:31:11.1841963Z ${FAULT}\n`],
    ['docker compose', `x\ntrainer-1  | ${FAULT}\n`],
    ['BuildKit', `x\n#12 83.20 ${FAULT}\n`],
    ['kubectl', `x\n[pod/train-0/main] ${FAULT}\n`],
    ['a comment', `x\n#   ${FAULT}\n`],
    ['the JSON of a log driver', `x\n{"log":"${FAULT}\\n","stream":"stderr"}\n`],
    [
      'colours',
      `x\n\u001b[1m\u001b[31mRuntimeError\u001b[0m: CUDA error: no kernel \u001b[4mimage\u001b[0m is available for execution on the device\n`,
    ],
    ['a progress bar', `x\n 10% ...\r 20% ...\r\u001b[2K${FAULT}\n`],
    ['upper case', `x\n${FAULT.toUpperCase()}\n`],
  ])('%s', (_, log) => {
    expect(named(log)).toEqual(['2:gpu_arch_unsupported']);
  });

  test('UTF-16 with a byte order mark, in chunks of any size', async () => {
    const bytes = Buffer.from(`\ufeffone\r\n${FAULT}\r\n`, 'utf16le');
    expect((await explainBytes(bytes, 7)).map(({id, line}) => `${line}:${id}`)).toEqual(['2:gpu_arch_unsupported']);
    expect((await explainBytes(bytes.swap16(), 1_000)).map(({id}) => id)).toEqual(['gpu_arch_unsupported']);
  });

  test('a message that a terminal wrapped, at a blank or within a word', () => {
    expect(
      named('nvidia-container-cli: initialization error: load library failed:\nlibnvidia-ml.so.1: cannot open shared'),
    ).toEqual(['1:driver_library_missing']);
    expect(
      named('a\nnvidia-container-cli: requirement error: unsatisfied condition: cu\nda>=13.0, please update'),
    ).toEqual(['2:driver_too_old_for_image']);
  });

  test('a message of two lines that ends a log, whose last lines are read apart', () => {
    const said = 'Err:6 https://archive.example.com/ubuntu jammy Release\n  404  Not Found [IP: 192.0.2.1 443]';
    expect(
      named(`Get:5 https://archive.example.com/ubuntu jammy InRelease\n${said}\nReading package lists...\n`),
    ).toEqual(['3:apt_stale_index']);
  });

  test('quotes escaped as JSON in JSON does', () => {
    expect(
      named(
        '{"message":"{\\"error\\":\\"could not select device driver \\\\\\"\\\\\\" with capabilities: [[gpu]]\\"}"}',
      ),
    ).toEqual(['1:no_gpu_device_driver']);
  });
});

describe('what is shown', () => {
  test('the line without colours, and of a long one the part around the failure', async () => {
    const [match] = explainText(`${'x'.repeat(3_000)} ${FAULT} ${'y'.repeat(3_000_000)}\nend\n`);
    expect(match).toMatchObject({id: 'gpu_arch_unsupported', line: 1});
    expect(match?.text).toContain('no kernel image is available');
    expect(match?.text.length).toBeLessThanOrEqual(500);
  });

  test('no credentials: passwords in URLs, signatures, tokens', () => {
    const [match] = explainText(
      'Get "https://user:s3cret@example.com/v2/?X-Amz-Credential=AKIA1&X-Amz-Signature=abc123&x=1" Bearer eyJhbGciOiJIUzI1NiJ9: x509: certificate has expired',
    );
    expect(match?.id).toBe('registry_tls');
    expect(match?.text).not.toMatch(/s3cret|AKIA1|abc123|eyJ/);
  });
});

describe('root causes', () => {
  test('a failure is named once, at its first line', () => {
    expect(named(`a\n${FAULT}\nb\n${FAULT}\n`)).toEqual(['2:gpu_arch_unsupported']);
  });

  test.each([
    [
      'a full disk, not the step that met it',
      'OSError: [Errno 28] No space left on device\nERROR: failed to solve: process "/bin/sh -c pip install x" did not complete successfully: exit code: 1',
      ['1:disk_full'],
    ],
    [
      'the network, not the version it could not fetch',
      "WARNING: Retrying after 'NewConnectionError: Temporary failure in name resolution'\nERROR: No matching distribution found for torch",
      ['1:registry_dns'],
    ],
    [
      'the step where nothing else is known',
      'make: *** [all] Error 2\n#9 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2',
      ['2:build_step_failed'],
    ],
    [
      'two failures of their own',
      `${FAULT}\nERROR: ResolutionImpossible: for help visit`,
      ['1:gpu_arch_unsupported', '2:pip_conflict'],
    ],
  ])('%s', (_, log, expected) => {
    expect(named(log)).toEqual(expected);
  });
});

describe('any input', () => {
  test('the same answer however a log is cut into chunks', async () => {
    const parts = [
      FAULT,
      'Bind for 0.0.0.0:80 failed: port is already allocated',
      '\u001b[31mplain\u001b[0m',
      'é漢字',
      '',
      'x'.repeat(300),
      // A message of two lines.
      'Err:6 https://archive.example.com/ubuntu jammy Release\n  404  Not Found [IP: 192.0.2.1 443]',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...parts), {maxLength: 30}),
        fc.integer({min: 1, max: 400}),
        async (lines, size) => {
          const bytes = Buffer.from(lines.join('\n'));
          expect(await explainBytes(bytes, size)).toEqual(await explainBytes(bytes));
        },
      ),
      {numRuns: 200},
    );
  });

  test('bytes of any kind neither crash it nor make a line up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({maxLength: 5_000}), async bytes => {
        for (const match of await explainBytes(bytes, 512)) expect(match.line).toBeGreaterThan(0);
      }),
      {numRuns: 200},
    );
  });

  test.each([
    ['one line of 30 MB', Buffer.alloc(30_000_000, 'a')],
    ['escapes without end', Buffer.alloc(10_000_000, '\u001b[')],
    [
      'anchors without what makes them a failure',
      Buffer.from('docker.sock permission denied unauthorized: device handle for '.repeat(100_000)),
    ],
    ['the same in lines', Buffer.from('GPU out of memory? no. libcuda.so "unsatisfied condition\n'.repeat(150_000))],
  ])('%s takes time in proportion', async (_, bytes) => {
    const plain = Buffer.alloc(bytes.length, 'a line of words\n');
    await expectLinear(
      share => explainBytes(bytes.subarray(0, bytes.length * share), 1 << 20),
      () => explainBytes(plain, 1 << 20),
    );
  });
});

/** Most memory, in MB, that was in use while a log of that many MB was read. */
async function memoryFor(megabytes: number): Promise<number> {
  const chunk = Buffer.alloc(1_000_000, 'step 1 loss 5.0 lr 3.0e-4 tokens/s 51234 gpu 0\n');
  let most = 0;
  async function* log(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < megabytes; sent++) {
      const {heapUsed, arrayBuffers} = process.memoryUsage();
      most = Math.max(most, (heapUsed + arrayBuffers) / 1e6);
      yield chunk;
    }
  }
  await explainStream(log());
  return most;
}

test('a longer log takes no more memory', async () => {
  await memoryFor(20);
  const short = await memoryFor(20);
  // Kept whole, the longer one would take 160 MB more.
  expect((await memoryFor(180)) - short).toBeLessThan(80);
}, 60_000);

const LOGS = ['build-log', 'launch-error', 'train-error', 'healthy-log'];

interface Capture {
  file: string;
  kind: string;
  truth?: {error_kind?: string | null; also?: string[]};
}

const recorded = (): Capture[] => {
  if (!existsSync(join(CAPTURES, 'manifest.json'))) return [];
  const manifest = JSON.parse(readFileSync(join(CAPTURES, 'manifest.json'), 'utf8')) as {captures: Capture[]};
  return manifest.captures.filter(({kind, file}) => LOGS.includes(kind) && existsSync(join(CAPTURES, file)));
};

describe(`${recorded().length} logs of real machines`, () => {
  testEach('%s', recorded(), async ({file, truth = {}}) => {
    const kinds = [truth.error_kind, ...(truth.also ?? [])].filter(Boolean);
    const ids = (await explainBytes(readFileSync(join(CAPTURES, file)), 1 << 16)).map(({id}) => id);
    expect({ids, named: ids.length > 0}).toEqual({ids: ids.filter(id => kinds.includes(id)), named: kinds.length > 0});
  });
});

test.each([
  [
    'debian',
    'could not select device driver "" with capabilities: [[gpu]]',
    /apt-get install nvidia-container-toolkit/,
  ],
  ['fedora', 'could not select device driver "" with capabilities: [[gpu]]', /dnf install/],
  ['suse', 'could not select device driver "" with capabilities: [[gpu]]', /zypper install/],
  ['arch', 'could not select device driver "" with capabilities: [[gpu]]', /pacman -S/],
  ['wsl', 'Failed to initialize NVML: Driver/library version mismatch', /wsl --shutdown/],
  ['fedora', 'x509: certificate signed by unknown authority', /update-ca-trust/],
  [null, 'Failed to initialize NVML: Driver/library version mismatch', /reboot/],
] as const)('the fix on %s', (place, line, fix) => {
  expect(explainText(`${line}\n`, place)[0]?.fix).toMatch(fix);
});
