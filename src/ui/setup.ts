import {basename} from 'node:path';
import type {Setup, SetupPack, SetupStepDocument, SetupUndo} from '../contract/setup.js';
import {printable} from './printable.js';
import {beside, hanging} from './prose.js';

type GroupDocument = Setup['groups'][number];

const SIGN = {done: '✓', needed: '→', blocked: '✗', unknown: '?', 'carried-out': '✓', declined: '–'};

/** What became of a group, where that says more than why it was planned. */
const SAID: Readonly<Record<string, string | undefined>> = {
  'carried-out': 'set up, and verified',
  declined: 'left out',
};

/** What is there and what is missing, a group a line. */
export function renderState({distribution, groups, notes}: Setup, columns: number | null): string {
  const name = distribution === null ? 'a system that is not known' : distribution.name;
  const width = Math.max(...groups.map(({title}) => title.length));
  const lines = groups.map(({state, outcome, title, why}) =>
    beside(`${SIGN[outcome ?? state]} ${title.padEnd(width)}  `, SAID[outcome ?? 'planned'] ?? why, columns),
  );
  return [`Set-up of ${name}`, ...lines, ...notes.map(note => hanging(`! ${note}`, columns, 2))]
    .map(line => `${printable(line)}\n`)
    .join('');
}

/** The steps of a group: what each changes, and the command or the file. */
export function renderGroup({title, why, steps}: GroupDocument): string {
  const lines = [
    `${title}: ${why}`,
    ...steps.flatMap((step, at) => [`  ${at + 1}. ${step.does}`, ...renderStep(step)]),
  ];
  return lines.map(line => `${printable(line)}\n`).join('');
}

function renderStep({command, file, undo}: SetupStepDocument): string[] {
  if (file === null) {
    const taken = undo === null ? [] : [`     undo: ${undo}`];
    return [`     $ ${command ?? ''}`, ...taken];
  }
  const content = file.content?.trimEnd().split('\n') ?? [`from ${file.url ?? ''}`];
  return [`     ${file.path}:`, ...content.map(line => `       ${line}`)];
}

/** Everything that would be done. */
export function renderPlan(document: Setup, columns: number | null): string {
  const needed = document.groups.filter(({state}) => state === 'needed');
  return [renderState(document, columns), ...needed.map(renderGroup)].join('\n');
}

/** What is, or would be, in a bundle, and what to do with it. */
export function renderPack({distribution, file, packages, files, bytes, notes}: SetupPack): string {
  const size = bytes === null ? '' : `, ${Math.ceil(bytes / 1e6)} MB`;
  const lines = [
    files === null
      ? `would write ${file}: ${packages.join(', ')}, and what they depend on`
      : `${file}: ${files.length} package files${size}, with ${packages.join(', ')}`,
    `For a machine with ${distribution?.name ?? 'the same system'}; there: gpudock setup --packages ${basename(file)}`,
    ...notes.map(note => `! ${note}`),
  ];
  return lines.map(line => `${printable(line)}\n`).join('');
}

/** What was, or would be, taken back. */
export function renderUndo({undone, left, journal}: SetupUndo, dryRun: boolean): string {
  if (undone.length + left.length === 0) return `Nothing to take back: ${journal} lists nothing.\n`;
  const lines = [
    ...undone.map(line => `${dryRun ? 'would' : 'done:'} ${line}`),
    ...left.map(({path, why}) => `left ${path}: ${why}`),
  ];
  return lines.map(line => `${printable(line)}\n`).join('');
}
