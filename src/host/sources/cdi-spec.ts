import * as z from 'zod';
import type {SourceReading} from '../reading.js';

const Spec = z.object({kind: z.string(), devices: z.array(z.object({name: z.union([z.string(), z.number()])}))});

/** A CDI specification, YAML or JSON: the GPUs it names, as an engine would list them. */
export async function parseCdiSpec(text: string): Promise<SourceReading> {
  const {parseYaml} = await import('./yaml.js');
  const spec = Spec.safeParse(parseYaml(text)).data;
  if (!spec) return {};
  if (spec.kind !== 'nvidia.com/gpu') return {engine: {cdiDevices: []}};
  return {engine: {cdiDevices: spec.devices.map(device => `${spec.kind}=${device.name}`)}};
}
