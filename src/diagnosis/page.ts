import type {KnownFailure, Topic} from './known/failure.js';
import {TOPICS} from './known/index.js';
import type {Place} from './packages.js';

/** docs/known-failures.md, from the same rows that `explain` uses. */
export function knownFailuresPage(topics: readonly Topic[] = TOPICS): string {
  const rows = topics.flatMap(({failures}) => failures);
  return [
    '# Known failures',
    '',
    '<!-- Made by scripts/docs/known-failures.ts; do not edit. -->',
    '',
    `\`gpudock explain LOG\` finds these ${rows.length} failures (${new Set(rows.map(({id}) => id)).size} ids) in the output of builds, starts and programs. \`gpudock doctor\`, \`gpudock host\` and gpudock's own errors use the same ids.`,
    '',
    ...topics.flatMap(section),
  ].join('\n');
}

const section = ({title, failures}: Topic): string[] => [`## ${title}`, '', ...failures.flatMap(entry)];

const PLACES: Readonly<Record<Place, string>> = {
  debian: 'Debian, Ubuntu',
  fedora: 'Fedora, RHEL',
  suse: 'openSUSE, SLES',
  arch: 'Arch',
  wsl: 'WSL2',
};

function entry({id, cause, fix, fixes, sources, examples, vague}: KnownFailure): string[] {
  return [
    `### \`${id}\``,
    '',
    '```text',
    ...examples,
    '```',
    '',
    `- Cause: ${escaped(cause)}.`,
    `- Fix: ${escaped(fix)}.`,
    ...Object.entries(fixes ?? {}).map(([place, typed]) => `  - ${PLACES[place as Place]}: ${escaped(typed)}.`),
    `- Sources: ${sources.map(linked).join(', ')}`,
    ...(vague ? ['- Named only where nothing else explains the log.'] : []),
    '',
  ];
}

const escaped = (text: string): string => text.replace(/[<>*_]/g, '\\$&');

/** `owner/name#number` and `owner/name:path` as links to GitHub; addresses as they are. */
function linked(source: string): string {
  if (source.startsWith('https://')) return `<${source}>`;
  const issue = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(source);
  if (issue) return `[${source}](https://github.com/${issue[1]}/issues/${issue[2]})`;
  const repository = /^[\w.-]+\/[\w.-]+/.exec(source)?.[0];
  return repository ? `[${source}](https://github.com/${repository})` : source;
}
