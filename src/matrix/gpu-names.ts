import {architectureOf} from './architecture.js';
import {matrixDocument} from './data.js';

export type GpuClass = 'data-centre' | 'workstation' | 'geforce' | 'titan' | 'jetson' | 'other';

export interface GpuFacts {
  /** `8.6` */
  computeCapability: string;
  architecture: string | null;
  class: GpuClass;
  /** NVML's brand on current drivers; null where it is not known, as for a vGPU, whose brand is its licence's. */
  brand: string | null;
  /** The CPU it is always built together with (Grace, Jetson); null for a card. */
  cpu: 'arm64' | null;
}

interface GpuRow {
  cc: string;
  class: GpuClass;
  brand: string | null;
  cpu?: 'arm64';
  names: string[];
}
interface Model {
  key: string;
  family: string | undefined;
  row: GpuRow;
}

const FAMILIES = new Set(['geforce', 'tesla', 'quadro', 'grid']);
/** Words that follow a model's name and never change its chip: memory, form factor, laptop variants, MIG slices. */
const SUFFIX =
  /^(?:\d{1,4}g(?:b|ib)?|pcie|sxm\d?|nvl|hbm\d?e?|fhhl|dgxs|lc|ac|pg\d{1,4}|\d{3}|3e|laptop|embedded|collectors|gpu|max|q|with|design|mobile|ti|super|boost|d|v2|oem|lite|hash|rate|generation|edition|workstation|server|mig|\d{1,2}g\.\d{1,4}gb(?:\+me)?|\(nvgpu\)|\(uma\))$/;
const VGPU_PROFILE = /-(?:\d{1,2}-)?(\d{1,3}[abcq])(?:4|me)?$/;

/**
 * What a GPU is, from its name as nvidia-smi prints it or as a person types it. A name that fits several models, also
 * one that a table has cut ("NVIDIA GeForce RTX 20..."), is known only as far as all of them agree: null otherwise.
 */
export function gpuFacts(name: string | null): GpuFacts | null {
  if (!name || name.length > 200) return null;
  const before = told.get(name);
  if (before !== undefined) return before;
  const facts = factsOf(name);
  if (told.size < MOST_TOLD) told.set(name, facts);
  return facts;
}

/** `8q`: gigabytes and series of a vGPU, the part of its name that its administrator chose; null for a whole GPU. */
export const vgpuProfile = (name: string | null): string | null =>
  VGPU_PROFILE.exec((name ?? '').toLowerCase().trim())?.[1] ?? null;

/** A machine has few kinds of GPU, and each is asked for once an image. */
const MOST_TOLD = 100;
const told = new Map<string, GpuFacts | null>();

function factsOf(name: string): GpuFacts | null {
  const text = name.toLowerCase().trim();
  const virtual = VGPU_PROFILE.test(text);
  const cut = text.endsWith('...');
  const words = wordsOf(text.replace(VGPU_PROFILE, '').replace(/\.{3}$/, ''));
  return agreed(cut ? modelsOfCutName(words) : modelsOfName(words), virtual);
}

interface Words {
  family: string | undefined;
  model: string[];
}

/** "NVIDIA GeForce RTX3090Ti" → family geforce, model "rtx 3090 ti". */
function wordsOf(text: string): Words {
  const words = text
    .replace(/\b(rtx|gtx)(?=a?\d)/g, '$1 ')
    .replace(/(\d)(ti|super)\b/g, '$1 $2')
    .split(/[\s-]+/)
    .filter(word => word !== '' && word !== 'nvidia');
  return {family: words.find(word => FAMILIES.has(word)), model: words.filter(word => !FAMILIES.has(word))};
}

let known: Model[] | undefined;
function knownModels(): Model[] {
  known ??= matrixDocument<{rows: GpuRow[]}>('gpus').rows.flatMap(row =>
    row.names.map(name => {
      const {family, model} = wordsOf(name.toLowerCase());
      return {key: model.join(' '), family, row};
    }),
  );
  return known;
}

function modelsOfName({family, model: words}: Words): Model[] {
  for (let length = words.length; length > 0; length--) {
    const key = words.slice(0, length).join(' ');
    const models = knownModels().filter(model => model.key === key);
    if (models.length === 0) continue;
    if (!words.slice(length).every(word => SUFFIX.test(word))) return [];
    const ofFamily = models.filter(model => model.family === family);
    // "RTX 4000" alone may be the Quadro or the start of "RTX 4000 Ada": only the family's name tells.
    const longer = family ? [] : knownModels().filter(model => model.key.startsWith(`${key} `));
    return ofFamily.length > 0 ? ofFamily : [...models, ...longer];
  }
  return [];
}

function modelsOfCutName({family, model: words}: Words): Model[] {
  const start = words.join(' ');
  const possible = knownModels().filter(model => family === undefined || model.family === family);
  const complete = possible.filter(model => start.startsWith(`${model.key} `));
  const longest = Math.max(0, ...complete.map(model => model.key.length));
  return [
    ...possible.filter(model => model.key.startsWith(start)),
    ...complete.filter(model => model.key.length === longest),
  ];
}

function agreed(models: Model[], virtual: boolean): GpuFacts | null {
  const [first, ...others] = models.map(model => model.row);
  if (!first || others.some(row => row.cc !== first.cc)) return null;
  return {
    computeCapability: first.cc,
    architecture: architectureOf(first.cc)?.architecture ?? null,
    class: others.every(row => row.class === first.class) ? first.class : 'other',
    brand: !virtual && others.every(row => row.brand === first.brand) ? first.brand : null,
    cpu: others.every(row => row.cpu === first.cpu) ? (first.cpu ?? null) : null,
  };
}
