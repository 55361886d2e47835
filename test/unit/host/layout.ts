import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';

/** Recordings of real machines, beside the project; not part of it. */
export const CAPTURES = join(process.cwd(), '..', 'shared', 'captures');
const MANIFEST = join(CAPTURES, 'manifest.json');

/** Elsewhere than in CI they may be missing. */
export const RECORDINGS_EXPECTED = existsSync(MANIFEST) || process.env.CI !== undefined;

/**
 * One test a recording. Where the recordings are not beside the project there is nothing to read; where they are, and
 * in CI, reading none is a failure.
 */
export function testEach<Row extends {file: string}>(
  title: string,
  rows: readonly Row[],
  check: (row: Row) => Promise<void>,
): void {
  if (rows.length > 0) test.each(rows.map(row => [row.file, row] as const))(title, (_, row) => check(row));
  else test(`${title} (none read)`, () => expect(RECORDINGS_EXPECTED).toBe(false));
}

export interface Truth {
  driver_version?: string | null;
  cuda_version?: string | null;
  cuda_toolkit?: string;
  error_kind?: string | null;
  exit_code?: number;
  command?: string;
  gpu_count?: number | null;
  compare_only?: string[];
  gpus?: {
    index?: number | null;
    name?: string | null;
    name_truncated?: boolean;
    uuid?: string | null;
    bus_id?: string | null;
    memory_total_mib?: number | null;
    memory_used_mib?: number | null;
    utilization_pct?: number | null;
    mig_mode?: string | null;
    compute_cap?: string | null;
    architecture?: string | null;
  }[];
  mig_devices?: {gpu?: number; gi?: number; ci?: number; memory_total_mib?: number; uuid?: string; profile?: string}[];
  processes?: {gpu: number; pid: number; type: string | null; name: string | null; memory_mib: number | null}[] | null;
  pci_gpus?: {bus_id: string; pci_id: string | null}[];
  devices?: string[];
  server_version?: string | null;
  toolkit_version?: string;
}

export interface Recording {
  file: string;
  kind: string;
  truth: Truth;
}

const COMMANDS: Record<string, string> = {
  'smi-table': 'nvidia-smi',
  'smi-error': 'nvidia-smi',
  'smi-q-x': 'nvidia-smi-q-x',
  'smi-q': 'nvidia-smi-q',
  'smi-list': 'nvidia-smi-L',
  'smi-version': 'nvidia-smi-version',
  'smi-csv': 'nvidia-smi-query-gpu',
  'smi-apps': 'nvidia-smi-query-compute-apps',
  nvcc: 'nvcc-version',
  lspci: 'lspci-nn',
  'container-cli-info': 'nvidia-container-cli-info',
  'nvidia-ctk': 'nvidia-ctk-version',
  'cdi-list': 'nvidia-ctk-cdi-list',
};

/** The recordings of hosts that the manifest lists; those of logs are not ours. */
export function recordings(): Recording[] {
  if (!existsSync(MANIFEST)) return [];
  const {captures} = JSON.parse(readFileSync(MANIFEST, 'utf8')) as {captures: Recording[]};
  return captures.filter(({kind}) => placesOf({kind, file: '', truth: {}}, '').length > 0);
}

export const bytesOf = ({file}: Recording): Buffer => readFileSync(join(CAPTURES, file));

/** The files of one capture folder that hold a recording, by their places. */
export function placesOf({kind, file, truth}: Recording, content: string | Buffer): [string, string | Buffer][] {
  if (file.startsWith('dmesg')) return [['commands/dmesg.stdout', content]];
  const exit: [string, string][] =
    truth.exit_code === undefined ? [] : [['commands/nvidia-smi.exit', `${truth.exit_code}`]];
  if (kind === 'smi-error' && truth.command === 'nvcc') return [['commands/nvcc-version.stdout', content]];
  const command = COMMANDS[kind];
  if (command) return [[`commands/${command}.stdout`, content], ...exit];
  if (kind === 'proc' && !file.includes('information')) return [['files/proc/driver/nvidia/version', content]];
  if (kind === 'proc') return [['files/proc/driver/nvidia/gpus/0000:00:00.0/information', content]];
  if (kind === 'cuda-version') return [[`files/usr/local/cuda/version.json`, content]];
  if (kind === 'docker-info')
    return [[file.endsWith('.json') ? 'engine/info.json' : 'commands/docker-info.stdout', content]];
  if (kind === 'docker-version') return [['commands/docker-version.stdout', content]];
  if (kind === 'cdi-spec') return [['files/etc/cdi/nvidia.yaml', content]];
  if (kind === 'docker-daemon-json') return [['files/etc/docker/daemon.json', content]];
  return [];
}

const laidOut: string[] = [];

afterAll(() => {
  for (const dir of laidOut) rmSync(dir, {recursive: true, force: true});
});

/** An empty folder that is gone after the test file. */
export function newFolder(prefix: string): string {
  const dir = mkdtempSync(join(tmpdir(), prefix));
  laidOut.push(dir);
  return dir;
}

/** Writes a capture into a new folder and names it. The folder is gone after the test file. */
export function layOut(places: readonly [string, string | Uint8Array][]): string {
  const dir = newFolder('gpudock-capture-');
  for (const [place, content] of places) {
    mkdirSync(dirname(join(dir, place)), {recursive: true});
    writeFileSync(join(dir, place), content);
  }
  return dir;
}
