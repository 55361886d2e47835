import type {Buffer} from 'node:buffer';

const LINE_FEED = 0x0a;
/** Bytes of a line before and after an anchor that an expression sees. */
const BEFORE = 1_000;
const AFTER = 2_000;
/** Characters of a line that are shown. */
const LONGEST_SHOWN = 500;
const SHOWN_BEFORE = 200;

/** The surroundings of one place in a log. */
export interface Excerpt {
  /** Where the line ends in the bytes, or where the excerpt of a long one does. */
  end: number;
  /** The line as it is shown. */
  text(): string;
  /** The line made comparable: escapes of JSON and quoting undone, plain quotes. */
  line: string;
  /** The line and the two that follow as one, joined by `glue`, for messages that a terminal wrapped. */
  wrapped(glue: '' | ' '): string;
  /** The line before this one, for messages of two lines whose second one says what failed. */
  before(): string;
}

/** The line around `at`. */
export function excerptAt(bytes: Buffer, at: number): Excerpt {
  const from = Math.max(0, at - BEFORE);
  const start = from + bytes.subarray(from, at).lastIndexOf(LINE_FEED) + 1;
  const end = endOfLine(bytes, at, AFTER);
  const raw = bytes.toString('utf8', start, end);
  const line = comparable(raw);
  let following: string[] | undefined;
  return {
    end,
    line,
    text: () => shown(raw, bytes.toString('utf8', start, at).length),
    wrapped: glue => {
      following ??= followingLines(bytes, end);
      return [line, ...following].join(glue);
    },
    before: () => comparable(lineBefore(bytes, start)),
  };
}

function lineBefore(bytes: Buffer, start: number): string {
  const from = Math.max(0, start - 1 - BEFORE);
  const before = bytes.subarray(from, Math.max(from, start - 1));
  return before.toString('utf8', before.lastIndexOf(LINE_FEED) + 1);
}

function followingLines(bytes: Buffer, end: number): string[] {
  const second = endOfLine(bytes, end + 1, BEFORE);
  const third = endOfLine(bytes, second + 1, BEFORE);
  return [bytes.toString('utf8', end + 1, second), bytes.toString('utf8', second + 1, third)].map(comparable);
}

/** The end of the line that `from` is in, at most `most` bytes on. */
function endOfLine(bytes: Buffer, from: number, most: number): number {
  if (from >= bytes.length) return bytes.length;
  const feed = bytes.subarray(from, from + most).indexOf(LINE_FEED);
  return feed === -1 ? Math.min(bytes.length, from + most) : from + feed;
}

/** What of a line is shown: the part that a terminal would leave standing, with the place in it. */
function shown(line: string, place: number): string {
  const start = line.lastIndexOf('\r', place) + 1;
  const stop = line.indexOf('\r', place);
  const part = line.slice(start, stop === -1 ? undefined : stop);
  const from = part.length > LONGEST_SHOWN ? Math.max(0, place - start - SHOWN_BEFORE) : 0;
  return withoutCredentials(part.slice(from, from + LONGEST_SHOWN).trim());
}

const HIDDEN = '***';

/** Passwords in URLs, signatures of presigned ones, and tokens of known form. */
const withoutCredentials = (text: string): string =>
  text
    .replace(/(:\/\/[^\s/:@]{1,100}:)[^\s/@]{1,200}@/g, `$1${HIDDEN}@`)
    .replace(/([?&;][\w-]{0,40}(?:credential|signature|token|secret|password|key)=)[^\s&"'>]{1,600}/gi, `$1${HIDDEN}`)
    .replace(/\b(Bearer |Basic |hf_|ghp_|github_pat_|nvapi-|glpat-)[\w.+/=-]{8,600}/g, `$1${HIDDEN}`);

/** Most lines have none of what {@link plain} undoes. */
const QUOTED = /[\\\u2018\u2019`\u201c\u201d]/;

/** A line without what JSON, shells and typographers do to a message, and without the comment signs of reports. */
const comparable = (line: string): string =>
  (QUOTED.test(line) ? plain(line) : line).replace(/^[\s>#|]{1,40}/, '').trim();

const plain = (line: string): string =>
  line
    .replace(/\\+u001b\[[0-9;]{0,20}m/g, '')
    .replace(/\\+[nrt](?![\w/.])/g, ' ')
    .replace(/\\+(?=["'])/g, '')
    .replace(/[\u2018\u2019`]/g, "'")
    .replace(/[\u201c\u201d]/g, '"');
