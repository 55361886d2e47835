import * as z from 'zod';
import {EXIT} from '../../src/failure.js';
import {type FailureRow, failureRows} from './failure-codes.js';

const Flag = z.object({
  name: z.string(),
  char: z.string().optional(),
  description: z.string().optional(),
  type: z.enum(['boolean', 'option']),
  helpValue: z.string().optional(),
  options: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  multiple: z.boolean().optional(),
  allowNo: z.boolean().optional(),
});
type Flag = z.infer<typeof Flag>;

const Arg = z.object({name: z.string(), description: z.string().optional(), required: z.boolean().optional()});
type Arg = z.infer<typeof Arg>;

const Command = z.object({
  id: z.string(),
  summary: z.string(),
  description: z.string().optional(),
  examples: z.array(z.string()).default([]),
  args: z.record(z.string(), Arg),
  flags: z.record(z.string(), Flag),
  strict: z.boolean(),
  hidden: z.boolean().optional(),
});
type Command = z.infer<typeof Command>;

/** What the page needs of oclif.manifest.json. */
const Manifest = z.object({commands: z.record(z.string(), Command)});

const EXIT_MEANINGS: Record<keyof typeof EXIT, string> = {
  done: 'done',
  failed: 'failed; `doctor`: something is an error',
  usage: 'wrong usage: a command, a flag or a value that does not exist',
  incompatible: 'incompatible: `check` has an image that fails, `match` finds none that runs',
  cannotTell: 'cannot tell: `check` has an image whose verdict is unknown, and none that fails',
  noEngine: 'no usable engine',
  ownFailure: 'gpudock itself failed where the code of the job is returned',
  interrupted: 'interrupted',
};

/** The command reference: every command with its flags, then exit codes, then the codes of failures. */
export function commandsPage(manifest: unknown, sources: readonly string[]): string {
  const commands = Object.values(Manifest.parse(manifest).commands)
    .filter(({hidden}) => hidden !== true)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return [
    '# Commands',
    '',
    'Made from the commands themselves by `npm run build && npx tsx scripts/docs.ts`.',
    '',
    'Every command takes `--help`, and `--json` for one JSON document on stdout; messages and progress go to stderr. `-q`,',
    '`--quiet` leaves only the result and what went wrong; `-v`, `--verbose` keeps every line of the tools that work.',
    '',
    ...commands.flatMap(commandSection),
    ...exitSection(),
    ...failureSection(failureRows(sources)),
  ].join('\n');
}

/** Flags of every command, told once. */
const OF_ALL = ['json', 'quiet', 'verbose'];

const spaced = (id: string): string => id.replaceAll(':', ' ');

function commandSection(command: Command): string[] {
  const args = Object.values(command.args);
  const usage = ['gpudock', spaced(command.id), ...args.map(arg => argUsage(arg, command.strict))].join(' ');
  const flags = Object.values(command.flags).filter(({name}) => !OF_ALL.includes(name));
  return [
    `## \`${usage}\``,
    '',
    sentence(command.summary),
    '',
    ...(command.description === undefined ? [] : [command.description, '']),
    ...tableOf(['argument', 'meaning'], args.map(argRow)),
    ...tableOf(['flag', 'meaning'], flags.map(flagRow)),
    ...examples(command),
  ];
}

function argUsage({name, required}: Arg, strict: boolean): string {
  const shown = `${name.toUpperCase()}${strict ? '' : '…'}`;
  return required === true ? shown : `[${shown}]`;
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

const argRow = ({name, description}: Arg): string[] => [`\`${name.toUpperCase()}\``, description ?? ''];

function flagRow({name, char, type, helpValue, options, description, multiple, allowNo, ...flag}: Flag): string[] {
  const value = type === 'boolean' ? '' : ` ${helpValue ?? options?.join('|') ?? 'VALUE'}`;
  const names = `${char === undefined ? '' : `-${char}, `}--${allowNo === true ? '[no-]' : ''}${name}${value}`;
  const notes = [
    ...(flag.default === undefined || flag.default === false ? [] : [`default: ${flag.default}`]),
    ...(multiple === true ? ['repeatable'] : []),
  ].filter(note => description?.includes(note) !== true);
  return [`\`${names}\``, [description ?? '', ...notes].join('; ')];
}

function examples({id, examples: lines}: Command): string[] {
  if (lines.length === 0) return [];
  const shown = lines.map(line =>
    line.replaceAll('<%= config.bin %>', 'gpudock').replaceAll('<%= command.id %>', spaced(id)),
  );
  return ['```sh', ...shown, '```', ''];
}

function exitSection(): string[] {
  const rows = Object.entries(EXIT_MEANINGS).map(([name, meaning]) => [
    String(EXIT[name as keyof typeof EXIT]),
    meaning,
  ]);
  return ['## Exit codes', '', ...tableOf(['code', 'meaning'], rows)];
}

function failureSection(rows: readonly FailureRow[]): string[] {
  return [
    '## Failures',
    '',
    'What happened, why, and what to do: one line each on stderr; under `--json`, `{"error": {code, message, cause, fix}}`',
    'on stdout. `…` stands for what the case at hand fills in.',
    '',
    ...tableOf(
      ['code', 'exit', 'message'],
      rows.map(({code, exit, message}) => [`\`${code}\``, String(EXIT[exit]), message]),
    ),
  ];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}
