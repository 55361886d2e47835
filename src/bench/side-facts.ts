import * as z from 'zod';
import {marked} from './reading.js';

const Package = z.object({version: z.string().nullable(), libraries: z.string(), compiled: z.boolean()}).nullable();
const Limit = z.union([z.number(), z.literal('none')]).nullable();
const SideFacts = z.object({
  /** The interpreter itself: what is called python3 may be a script that looks for it. */
  executable: z.string().min(1),
  python: z.string(),
  pythonDigest: z.string().nullable(),
  libc: z.string(),
  packages: z.record(z.string(), Package),
  /** Libraries of arithmetic that the packages have loaded, by name, with their digests. */
  loaded: z.record(z.string(), z.string().nullable()),
  cpus: z.string().nullable(),
  nodes: z.string().nullable(),
  /** CPUs; null here and below: not known. */
  cpuLimit: Limit,
  /** bytes */
  memoryLimit: Limit,
  shmMiB: z.number().nullable(),
  fio: z.boolean(),
  environment: z.record(z.string(), z.string()),
});
export type SideFacts = z.infer<typeof SideFacts>;

/** What facts.py said of a side; null when it said nothing whole. */
export function readSideFacts(output: string): SideFacts | null {
  const facts = SideFacts.safeParse(marked(output, 'GPUDOCK-FACTS'));
  return facts.success ? facts.data : null;
}

/** A side as it was found. */
export interface LookedAt {
  name: string;
  facts: SideFacts | null;
  /** Why there are none. */
  why: string | null;
}

export interface Alike {
  lines: string[];
  otherBits: boolean;
}

/** What the two sides do not share, each in a line, and whether that forbids a comparison of the same bits. Pure. */
export function differences(host: SideFacts, container: SideFacts, names: Record<'host' | 'container', string>): Alike {
  const lines: string[] = [];
  const unlike = (what: string, a: unknown, b: unknown): boolean => {
    if (JSON.stringify(a) === JSON.stringify(b)) return false;
    lines.push(`${what}: ${names.host} ${shown(a)}, ${names.container} ${shown(b)}`);
    return true;
  };
  const known = (what: string, a: unknown, b: unknown): boolean => a !== null && b !== null && unlike(what, a, b);
  const bits = [
    unlike('Python', host.python, container.python),
    host.python === container.python && unlike('Python’s file', host.pythonDigest, container.pythonDigest),
    ...['numpy', 'torch'].map(name => unlike(name, packageOf(host, name), packageOf(container, name))),
    ...librariesOfBoth(host, container).map(name =>
      unlike(name, host.loaded[name] ?? null, container.loaded[name] ?? null),
    ),
  ];
  unlike('C library', host.libc, container.libc);
  unlike('CPUs allowed', host.cpus, container.cpus);
  unlike('NUMA nodes allowed', host.nodes, container.nodes);
  known('CPU limit', host.cpuLimit, container.cpuLimit);
  known('memory limit', host.memoryLimit, container.memoryLimit);
  unlike('settings', host.environment, container.environment);
  return {lines, otherBits: bits.some(Boolean)};
}

function packageOf({packages}: SideFacts, name: string): string | null {
  const found = packages[name] ?? null;
  return found === null ? null : packageWords(found);
}

/** Where one side has no package that loads a library, that is said of the package. */
function librariesOfBoth({loaded: host}: SideFacts, {loaded: container}: SideFacts): string[] {
  const [first, second] = [Object.keys(host), Object.keys(container)];
  return first.length === 0 || second.length === 0 ? [] : [...new Set([...first, ...second])];
}

/** `2.1 (9f3a…, bytecode there)` */
export const packageWords = ({version, libraries, compiled}: NonNullable<SideFacts['packages'][string]>): string =>
  `${version ?? 'of no known version'} (${libraries}, bytecode ${compiled ? 'there' : 'missing'})`;

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? 'none' : JSON.stringify(value);
