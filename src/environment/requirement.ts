/** One requirement as a project's file states it. */
export interface Requirement {
  /** Normalised as PEP 503 has it: lower case, runs of `-_.` become `-`. */
  name: string;
  extras: string[];
  /** PEP 440 specifier without spaces, e.g. `>=2.4,<3`; empty: every version. */
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

/** What may follow `@`: a URL that means nothing to a shell. */
const URL_TEXT = /^(?:git\+)?[a-z][a-z0-9+.-]*:\/\/[\w.~:/?#[\]@!&()*+,;=%-]+$/i;
/** PEP 508 marker, with its quotes; no control characters, nothing that ends a quoted shell word or opens a here-document. */
const MARKER = /^(?!.*<<)[\w\s.<>=!~()'",-]+$/s;

/** Reads one PEP 508 requirement; null when the text is none. What passes is safe between single quotes. */
export function parseRequirement(text: string, from: string): Requirement | null {
  if (/[\r\n\0]/.test(text)) return null;
  const [head = '', ...markers] = text.split(';');
  const match = NAME.exec(head.trim());
  if (match === null) return null;
  const [, name = '', extras = '', rest = ''] = match;
  const marker = markers.join(';').trim() || null;
  if (marker !== null && !MARKER.test(marker)) return null;
  if (!/^[\w\s.,-]*$/.test(extras)) return null;
  const base = {
    name: normalizeName(name),
    extras: extras
      .split(',')
      .map(extra => extra.trim())
      .filter(Boolean),
    marker,
    from,
  };
  if (rest.startsWith('@')) {
    const url = rest.slice(1).trim();
    return URL_TEXT.test(url) ? {...base, specifier: '', url} : null;
  }
  const specifier = rest.replace(/^\((.*)\)$/, '$1').trim();
  if (!SPECIFIER.test(specifier)) return null;
  return {...base, specifier: specifier.replace(/\s+/g, ''), url: null};
}
