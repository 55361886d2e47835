/** One requirement as a project's file states it. */
export interface Requirement {
  /** Normalised as PEP 503 has it: lower case, runs of `-_.` become `-`. */
  name: string;
  extras: string[];
  /** PEP 440 specifier without spaces, e.g. `>=2.4,<3`; empty: any version. */
  specifier: string;
  /** What follows `@`, when the requirement names a file or repository. */
  url: string | null;
  marker: string | null;
  /** `requirements.txt:3` */
  from: string;
}

const NAME = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/s;
const SPECIFIER = /^(?:(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+\s*(?:,\s*(?=[=~!<>])|$))*$/;

/** PEP 503 normalisation of a project name. */
export const normalizeName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** Reads one PEP 508 requirement; null when the text is none. */
export function parseRequirement(text: string, from: string): Requirement | null {
  const [head = '', ...markers] = text.split(';');
  const match = NAME.exec(head.trim());
  if (match === null) return null;
  const [, name = '', extras = '', rest = ''] = match;
  const marker = markers.join(';').trim() || null;
  const base = {
    name: normalizeName(name),
    extras: extras
      .split(',')
      .map(extra => extra.trim())
      .filter(Boolean),
    marker,
    from,
  };
  if (rest.startsWith('@')) return {...base, specifier: '', url: rest.slice(1).trim()};
  const specifier = rest.replace(/^\((.*)\)$/, '$1').trim();
  if (!SPECIFIER.test(specifier)) return null;
  return {...base, specifier: specifier.replace(/\s+/g, ''), url: null};
}
