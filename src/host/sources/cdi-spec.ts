import {z} from 'zod';
import type {SourceReading} from '../reading.js';

const Spec = z.object({kind: z.string(), devices: z.array(z.object({name: z.union([z.string(), z.number()])}))});

/** A CDI specification, YAML or JSON: the GPUs it names, as an engine would list them. */
export async function parseCdiSpec(text: string): Promise<SourceReading> {
  const {parse} = await import('yaml');
  try {
    const spec = Spec.safeParse(parse(text.slice(0, LONGEST_SPEC), {maxAliasCount: 100, logLevel: 'silent'})).data;
    if (!spec) return {};
    if (spec.kind !== 'nvidia.com/gpu') return {engine: {cdiDevices: []}};
    return {engine: {cdiDevices: spec.devices.map(device => `${spec.kind}=${device.name}`)}};
  } catch {
    return {};
  }
}

/** Specifications of eight GPUs with MIG have about 100 KiB; YAML takes long to read. */
const LONGEST_SPEC = 1024 * 1024;
