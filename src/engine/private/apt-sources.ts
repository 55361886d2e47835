/** One repository that apt reads, in the terms of sources.list(5). */
export interface AptSource {
  uri: string;
  suites: string[];
  components: string[];
  /** Value of `Signed-By`, a path or an armoured key; null: apt's own keyrings decide. */
  signedBy: string | null;
  /** Value of `Trusted`; null: not set. */
  trusted: string | null;
}

/** Reads `*.list` files: one source a line, `deb [options] uri suite components…`. */
export function parseOneLine(text: string): AptSource[] {
  return text.split('\n').flatMap(line => {
    const words = line.replaceAll('[', ' [ ').replaceAll(']', ' ] ').split('#')[0]?.split(/\s+/).filter(Boolean) ?? [];
    if (words.shift() !== 'deb') return [];
    if (words[0] === '[' && !words.includes(']')) return [];
    const options = words[0] === '[' ? words.splice(0, words.indexOf(']') + 1).slice(1, -1) : [];
    const [uri, suite, ...components] = words;
    if (uri === undefined || suite === undefined) return [];
    const option = (name: string): string | null =>
      options.find(word => word.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
    return [{uri, suites: [suite], components, signedBy: option('signed-by'), trusted: option('trusted')}];
  });
}

/** Reads `*.sources` files: paragraphs of `Field: value` with continuation lines (deb822). */
export function parseDeb822(text: string): AptSource[] {
  const lines = text.split('\n').filter(line => !line.startsWith('#'));
  const paragraphs = lines
    .map(line => line.trimEnd() || '\0')
    .join('\n')
    .split('\0');
  return paragraphs.flatMap(paragraph => {
    const fields = fieldsOf(paragraph);
    const words = (name: string): string[] => fields.get(name)?.split(/\s+/).filter(Boolean) ?? [];
    if (!words('types').includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') return [];
    const shared = {
      suites: words('suites'),
      components: words('components'),
      signedBy: fields.get('signed-by') ?? null,
      trusted: fields.get('trusted') ?? null,
    };
    return words('uris').map(uri => ({uri, ...shared}));
  });
}

function fieldsOf(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of paragraph.split('\n')) {
    const colon = line.indexOf(':');
    if (/^\s/.test(line)) fields.set(name, `${fields.get(name) ?? ''}\n${line}`);
    else if (colon > 0) {
      name = line.slice(0, colon).toLowerCase();
      fields.set(name, line.slice(colon + 1).trim());
    }
  }
  return fields;
}

/** Keyrings that the distributions' own archives are signed with (packages debian-archive-keyring, ubuntu-keyring). */
const OWN_KEYRING = /(?:debian|ubuntu)-archive-/;

/** Whether a source is the distribution's own archive: its release or a pocket of it, `main`, no foreign key. */
export const isDistributions = ({uri, suites, components, signedBy}: AptSource, codename: string): boolean =>
  !uri.startsWith('cdrom:') &&
  suites.some(suite => suite === codename || suite.startsWith(`${codename}-`) || suite === `${codename}/updates`) &&
  components.includes('main') &&
  (signedBy === null || OWN_KEYRING.test(signedBy) || signedBy.includes('BEGIN PGP'));

/** Another release of the same archive, from the same mirror and by the same key. */
export function otherSuite(sources: readonly AptSource[], codename: string, suite: string): AptSource | null {
  const archive = sources.find(source => source.suites.includes(codename));
  return archive === undefined ? null : {...archive, suites: [suite], components: ['main']};
}

/** In deb822 form, which apt reads since 1.1 (Debian 9, Ubuntu 16.04). */
export const renderSources = (sources: readonly AptSource[]): string =>
  sources
    .map(({uri, suites, components, signedBy, trusted}) =>
      [
        'Types: deb',
        `URIs: ${uri}`,
        `Suites: ${suites.join(' ')}`,
        `Components: ${components.join(' ')}`,
        ...(signedBy === null ? [] : [`Signed-By: ${signedBy}`]),
        ...(trusted === null ? [] : [`Trusted: ${trusted}`]),
        '',
      ].join('\n'),
    )
    .join('\n');
