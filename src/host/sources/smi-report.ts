/** An element: its children by name; `@_id` is its attribute. An element that occurs more than once is a list. */
export type Element = Record<string, unknown>;

/** A report of sixteen GPUs has 0.8 million characters. */
const LONGEST_REPORT = 8_000_000;
/** No machine has more; a text that names more is not a report. */
const MOST_GPUS = 256;

export interface Report {
  head: Element;
  gpus: Element[];
  /** How many GPUs have none missing before them: the lines of one whose start was lost stand behind another's end. */
  placed: number;
}

/** What `nvidia-smi -q -x` printed, as elements; null: no such report. Each GPU is read by itself, so that a tag that was lost or doubled spoils no other. */
export async function reportOf(text: string): Promise<Report | null> {
  const start = text.indexOf('<nvidia_smi_log');
  if (start < 0) return null;
  // What follows is a second sample of the same machine.
  const end = text.indexOf('</nvidia_smi_log>', start);
  const body = text.slice(start, end < 0 ? LONGEST_REPORT : end);
  const starts = [...body.matchAll(/<gpu[ >]/g)].slice(0, MOST_GPUS).map(({index}) => index);
  const read = await reader();
  const head = read(`${body.slice(0, starts[0])}</nvidia_smi_log>`, 'nvidia_smi_log');
  if (head === null) return null;
  const parts = starts.map((from, at) => body.slice(from, starts[at + 1])).filter(isNotRepeated);
  const gpus = parts.flatMap((part): Element[] => {
    const gpu = read(`${part.split('</gpu>', 1)[0]}</gpu>`, 'gpu');
    if (gpu && !isEven(part)) delete gpu.fb_memory_usage;
    return gpu ? [gpu] : [];
  });
  const torn = parts.findIndex(isTorn);
  const placed = torn < 0 ? gpus.length : torn + 1;
  return {head, gpus, placed: /<(?:product_name|uuid)>/.test(body.slice(0, starts[0])) ? 0 : placed};
}

/** Where a tag was doubled or lost, the memory of a MIG device may stand in the place of the GPU's. */
const isEven = (part: string): boolean =>
  !part.includes('</gpu>') ||
  ['fb_memory_usage', 'mig_device', 'mig_devices'].every(
    tag => part.split(`<${tag}>`).length === part.split(`</${tag}>`).length,
  );

/** The lines of another GPU, whose start was lost, stand in this one or behind its end. */
const isTorn = (part: string): boolean =>
  part.split('<product_name>', 3).length > 2 || (part.split('</gpu>')[1]?.trim() ?? '') !== '';

/** A start that stands twice holds nothing the first time. */
const isNotRepeated = (part: string, at: number, parts: readonly string[]): boolean =>
  part.trim() !== parts[at + 1]?.slice(0, part.trim().length);

async function reader(): Promise<(text: string, root: string) => Element | null> {
  const {XMLParser} = await import('fast-xml-parser');
  const repeated = new Set(['mig_device', 'process_info']);
  const parser = new XMLParser({
    // "12.10" is a version and "0012" a serial number: neither is a number.
    parseTagValue: false,
    ignoreAttributes: false,
    isArray: name => repeated.has(name),
  });
  return (text, root) => {
    try {
      const document: unknown = parser.parse(text);
      if (!isElement(document) || !(root in document)) return null;
      return isElement(document[root]) ? document[root] : {};
    } catch {
      return null;
    }
  };
}

const isElement = (value: unknown): value is Element =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function child(parent: Element, name: string): Element {
  const value = parent[name];
  return isElement(value) ? value : {};
}

/** An element's own text; one with attributes keeps it under `#text`. */
export function words(parent: Element, name: string): string | undefined {
  const value = parent[name];
  if (typeof value === 'string') return value;
  return isElement(value) && typeof value['#text'] === 'string' ? value['#text'] : undefined;
}

export function elements(parent: Element, name: string): Element[] {
  const value = parent[name];
  return Array.isArray(value) ? value.filter(isElement) : [];
}
