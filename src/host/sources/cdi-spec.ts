import {elements, fields, text} from '../../world/document.js';
import type {SourceReading} from '../reading.js';

/** A CDI specification, YAML or JSON: the GPUs it names, as an engine would list them. */
export async function parseCdiSpec(document: string): Promise<SourceReading> {
  const {kind, devices} = fields(await documentOf(document));
  const names = elements(devices).map(device => fields(device).name);
  if (text(kind) === undefined || !Array.isArray(devices) || !names.every(isName)) return {};
  return {engine: {cdiDevices: kind === 'nvidia.com/gpu' ? names.map(name => `${kind}=${name}`) : []}};
}

const isName = (name: unknown): name is string | number => typeof name === 'string' || typeof name === 'number';

/** JSON is YAML, too, but a reader of YAML takes long to load. */
async function documentOf(text: string): Promise<unknown> {
  try {
    if (text.trimStart().startsWith('{')) return JSON.parse(text);
  } catch {}
  const {parseYaml} = await import('./yaml.js');
  return parseYaml(text);
}
