/** The part of oclif.manifest.json that completion rests on. */
export interface Catalogue {
  commands: Readonly<Record<string, CommandFacts>>;
}

interface CommandFacts {
  summary?: string;
  hidden?: boolean;
  args: Readonly<Record<string, ArgFacts>>;
  flags: Readonly<Record<string, FlagFacts>>;
  strict: boolean;
}

interface ArgFacts {
  name: string;
  options?: readonly string[];
}

interface FlagFacts extends ArgFacts {
  char?: string;
  type: 'boolean' | 'option';
  description?: string;
  summary?: string;
  helpValue?: string;
  multiple?: boolean;
  allowNo?: boolean;
}

/** One word that may stand at the cursor. */
export interface Candidate {
  value: string;
  about: string;
}

/** What is asked of the machine: names that only it knows. `places`: a file here, or `NAME:` of a container. */
export type Source = 'containers' | 'places' | 'images' | 'gpus' | 'files' | 'folders';

/** What may stand at the cursor: words known beforehand, and where more come from. `prefix` stands before each. */
export interface Offer {
  candidates: readonly Candidate[];
  source: Source | null;
  prefix: string;
}

const NOTHING: Offer = {candidates: [], source: null, prefix: ''};

/** Commands whose later words are a program of the user's, and after how many words it begins. */
const PROGRAM_AFTER: Readonly<Record<string, number>> = {run: 0, exec: 1};

/** Commands whose words are each a path here, or one in a container. */
const COPIES: readonly string[] = ['cp'];

/** `words`: those after `gpudock` up to the cursor; the last one is being typed, and may be empty. */
export function offerFor(words: readonly string[], {commands}: Catalogue): Offer {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const id = commandOf(before, commands);
  const below = nextNames(id, before, commands);
  const command = id === null ? undefined : commands[id];
  if (id === null || command === undefined) return {...NOTHING, candidates: starting(typed, below)};
  const rest = before.slice(id.split(':').length);
  const plain = plainWords(rest, command);
  const program = PROGRAM_AFTER[id];
  if (rest.includes('--') || (program !== undefined && plain.length > program)) return {...NOTHING, source: 'files'};
  const [, name = '', start = ''] = /^--([\w-]+)=(.*)$/s.exec(typed) ?? [];
  if (name !== '') return valuesOf(command.flags[name], start, `--${name}=`);
  const waiting = flagBefore(rest.at(-1), command);
  if (waiting !== null) return valuesOf(waiting, typed, '');
  if (typed.startsWith('-')) return {...NOTHING, candidates: starting(typed, flagNames(command, rest))};
  if (plain.length === program) return {...NOTHING, source: 'files'};
  const args = Object.values(command.args);
  if (COPIES.includes(id)) return {...NOTHING, source: plain.length < args.length ? 'places' : null};
  const offer = valuesOf(args[plain.length] ?? (command.strict ? undefined : args.at(-1)), typed, '');
  // `bench` is a command and the beginning of others.
  return {...offer, candidates: [...starting(typed, plain.length === 0 ? below : []), ...offer.candidates]};
}

/** The longest id that the words begin with; null: none yet. */
function commandOf(words: readonly string[], commands: Catalogue['commands']): string | null {
  const lengths = words.map((_, at) => words.length - at);
  const ids = lengths.map(length => words.slice(0, length).join(':'));
  return ids.find(id => Object.hasOwn(commands, id)) ?? null;
}

/** Names that may follow: commands, topics, and commands of the topic that was typed. */
function nextNames(id: string | null, words: readonly string[], commands: Catalogue['commands']): Candidate[] {
  const path = id === null ? words : id.split(':');
  const depth = path.length;
  const shown = Object.entries(commands).filter(([name, {hidden}]) => {
    const parts = name.split(':');
    return hidden !== true && parts.length > depth && path.every((part, at) => parts[at] === part);
  });
  const names = new Map<string, string>();
  for (const [name, {summary = ''}] of shown) {
    const parts = name.split(':');
    const next = parts[depth] ?? '';
    if (parts.length === depth + 1 || !names.has(next)) names.set(next, parts.length === depth + 1 ? summary : '');
  }
  return [...names].map(([value, about]) => ({value, about})).sort((a, b) => (a.value < b.value ? -1 : 1));
}

const starting = (typed: string, candidates: readonly Candidate[]): Candidate[] =>
  candidates.filter(({value}) => value.startsWith(typed));

/** The flag whose value is being typed, if the word before the cursor is one that takes a value. */
function flagBefore(word: string | undefined, {flags}: CommandFacts): FlagFacts | null {
  if (word === undefined || !word.startsWith('-')) return null;
  const flag = word.startsWith('--')
    ? flags[word.slice(2)]
    : Object.values(flags).find(({char}) => `-${char}` === word);
  return flag?.type === 'option' ? flag : null;
}

/** The words that are neither flags nor their values. */
const plainWords = (words: readonly string[], command: CommandFacts): string[] =>
  words.filter((word, at) => !word.startsWith('-') && flagBefore(words[at - 1], command) === null);

function flagNames({flags}: CommandFacts, used: readonly string[]): Candidate[] {
  const given = used.map(word => word.replace(/^--(?:no-)?/, '').replace(/=.*$/s, ''));
  const shown = Object.values(flags).filter(({name, multiple}) => multiple === true || !given.includes(name));
  const help = {value: '--help', about: 'how it is used'};
  return [
    ...shown.flatMap(({name, allowNo, description, summary}) => {
      const about = description ?? summary ?? '';
      return [
        {value: `--${name}`, about},
        ...(allowNo === true ? [{value: `--no-${name}`, about: `not: ${about}`}] : []),
      ];
    }),
    help,
  ];
}

/** Which names the machine is asked for, by what an argument or flag is called. */
const SOURCES: Readonly<Record<string, Source>> = {
  gpus: 'gpus',
  base: 'images',
  image: 'images',
  first: 'images',
  second: 'images',
  dir: 'folders',
  project: 'folders',
  capture: 'folders',
  file: 'files',
  model: 'files',
  data: 'files',
  from: 'files',
  to: 'files',
  before: 'files',
  after: 'files',
};

const BY_HELP_VALUE: Readonly<Record<string, Source>> = {DIR: 'folders', FILE: 'files', IMAGE: 'images'};

function valuesOf(asked: FlagFacts | ArgFacts | undefined, typed: string, prefix: string): Offer {
  if (asked === undefined) return NOTHING;
  const isFlag = 'type' in asked;
  const candidates = (asked.options ?? []).map(value => ({value: prefix + value, about: ''}));
  // A flag --name gives a new name; an argument NAME is one of those that are there.
  const byName = asked.name === 'name' ? (isFlag ? null : 'containers') : (SOURCES[asked.name] ?? null);
  const byHelp = isFlag ? (BY_HELP_VALUE[asked.helpValue ?? ''] ?? null) : null;
  return {candidates: starting(prefix + typed, candidates), source: byHelp ?? byName, prefix};
}
