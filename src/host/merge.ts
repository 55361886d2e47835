import type {Host} from '../contract/host.js';
import {unknownHost} from '../contract/unknown-host.js';
import {type GpuSource, mergeGpus} from './gpus.js';
import type {Answer} from './reading.js';

/** The part of a reading that each part of the host comes from. */
const PARTS = ['os', 'driver', 'cudaToolkit', 'engine', 'toolkit', 'resources', 'user'] as const;

/** Merges answers that come in their order of trust: of each fact the first word stands, and its source with it. */
export function mergeAnswers(answers: readonly Answer[]): Host {
  const host = unknownHost();
  for (const {source, says} of answers) {
    for (const part of PARTS) fill(host[part], says[part], part, source, host.sources);
    fill(host.engine.gpuAccess, says.gpuAccess, 'engine.gpuAccess', source, host.sources);
  }
  host.driver.source = host.sources['driver.version'] ?? host.sources['driver.cudaVersion'] ?? null;
  host.cudaToolkit.source = host.sources['cudaToolkit.version'] ?? null;
  host.gpus = gpusOf(answers, host);
  return host;
}

/** Writes what is not known yet, and remembers who said it. */
function fill(target: object, said: object | undefined, path: string, source: string, sources: Host['sources']): void {
  for (const [key, value] of Object.entries(said ?? {})) {
    if (value == null || !(key in target) || Reflect.get(target, key) !== null) continue;
    Reflect.set(target, key, value);
    sources[`${path}.${key}`] = source;
  }
}

/** An empty PCI bus proves nothing where GPUs are not on it: WSL2, Jetson. */
function gpusOf(answers: readonly Answer[], host: Host): Host['gpus'] {
  const named = answers.flatMap(({source, says}): GpuSource[] =>
    says.gpus && says.gpus.length > 0 ? [{source, gpus: says.gpus}] : [],
  );
  if (named.length > 0) {
    // Readings that name nobody say nothing, and not that there is none.
    const gpus = mergeGpus(named);
    return gpus.length > 0 ? gpus : null;
  }
  const none = answers.find(answer => answer.says.gpus?.length === 0);
  const offBus = host.os.wsl === true || host.driver.flavor === 'tegra';
  if (!none || offBus) return null;
  host.sources.gpus = none.source;
  return [];
}
