const SECTIONS = ['global', 'install'] as const;
const KEYS = ['index-url', 'extra-index-url', 'trusted-host'] as const;
export type PipSection = Partial<Record<(typeof KEYS)[number], string>>;

/**
 * What a file of pip's settings says for an installation (pip documentation, "Configuration"); lines of one value are
 * separated by newlines. pip reads it with Python's configparser, whose format is not quite that of other INI files: a
 * value goes on in lines that are indented further than its name, `:` is as good as `=`, and a comment has its own line.
 */
export function pipSection(text: string): PipSection {
  const said = new Map<string, string>();
  let section = '';
  let option: {place: string; indent: number} | null = null;
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const content = line.trim();
    if (content === '' || /^[#;]/.test(content)) continue;
    const indent = line.search(/\S/);
    if (option !== null && indent > option.indent) {
      said.set(option.place, `${said.get(option.place) ?? ''}\n${content}`);
      continue;
    }
    const header = /^\[([^\]]+)\]/.exec(content)?.[1];
    const [, name, value] = header === undefined ? (/^([^=:]+?)\s*[=:]\s*(.*)$/.exec(content) ?? []) : [];
    section = header ?? section;
    option = name === undefined ? null : {place: `${section}.${canonical(name)}`, indent};
    if (option !== null) said.set(option.place, value ?? '');
  }
  const found = SECTIONS.flatMap(section => KEYS.map(key => [key, said.get(`${section}.${key}`)?.trim()] as const));
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** pip takes `--extra_index_url` for `extra-index-url`. */
const canonical = (name: string): string => name.toLowerCase().replaceAll('_', '-').replace(/^--/, '');
