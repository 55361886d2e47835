import {Buffer} from 'node:buffer';
import type {Explain} from '../contract/explain.js';
import type {KnownFailure} from './known/failure.js';
import {KNOWN_FAILURES} from './known/index.js';
import {type AnchorSearch, anchorSearch} from './log/anchors.js';
import {type Block, Blocks} from './log/blocks.js';
import {type Excerpt, excerptAt} from './log/excerpt.js';
import type {Place} from './packages.js';
import {rootCauses} from './root-causes.js';

/** A known failure, where it first stands in a log. */
export type Match = Explain['matches'][number];

const LINE_FEED = 0x0a;
/** Bytes after a place that its excerpt surely holds, with all that an expression may ask for around. */
const SERVES = 1_000;

/** The known failures in a text: root causes only, each once, at its first line. Fixes are those of `place`. */
export function explainText(text: string, place: Place | null = null): Match[] {
  const explainer = new Explainer(place);
  explainer.push(Buffer.from(text));
  return explainer.end();
}

/** The same for a log of any size, in constant memory. */
export async function explainStream(log: AsyncIterable<Uint8Array>, place: Place | null = null): Promise<Match[]> {
  const explainer = new Explainer(place);
  for await (const chunk of log) explainer.push(chunk);
  return explainer.end();
}

interface Found {
  failure: KnownFailure;
  line: number;
  text: string;
}

class Explainer {
  private readonly blocks = new Blocks();
  private readonly found = new Map<string, Found>();
  /** Line feeds before the block at hand. */
  private lines = 0;

  private readonly place: Place | null;

  constructor(place: Place | null) {
    this.place = place;
  }

  push(chunk: Uint8Array): void {
    const block = this.blocks.push(chunk);
    if (block) this.read(block);
  }

  end(): Match[] {
    this.read(this.blocks.end());
    return rootCauses([...this.found.values()]).map(({failure: {id, cause, fix, fixes, sources}, line, text}) => ({
      id,
      line,
      text,
      cause,
      fix: (this.place && fixes?.[this.place]) ?? fix,
      source: sources.join(', '),
    }));
  }

  private read({bytes, start, end}: Block): void {
    const {search, byAnchor} = knownSigns();
    /** Up to where an anchor was looked into: one excerpt serves all its repetitions in a line. */
    const seen = new Uint32Array(byAnchor.length);
    let counted = start;
    search(bytes, end, (at, anchor) => {
      if (at < start) return;
      const signs = (byAnchor[anchor] ?? []).filter(({failure}) => !this.found.has(failure.id));
      if (signs.length === 0 || at < (seen[anchor] ?? 0)) return;
      const excerpt = excerptAt(bytes, at);
      seen[anchor] = Math.min(excerpt.end, at + SERVES);
      const failure = signs.find(({pattern}) => meets(pattern, excerpt))?.failure;
      if (!failure) return;
      this.lines += lineFeeds(bytes, counted, at);
      counted = at;
      this.found.set(failure.id, {failure, line: this.lines + 1, text: excerpt.text()});
    });
    this.lines += lineFeeds(bytes, counted, end);
  }
}

const meets = (pattern: RegExp, {line, wrapped, before}: Excerpt): boolean =>
  pattern.test(line) ||
  GLUES.some(glue => startsWithin(pattern, wrapped(glue), line.length)) ||
  reachesInto(pattern, before(), line);

const GLUES = [' ', ''] as const;

/** A message that a terminal wrapped starts in its first line. */
function startsWithin(pattern: RegExp, text: string, length: number): boolean {
  const at = pattern.exec(text)?.index;
  return at !== undefined && at < length;
}

/** A message of two lines starts in the one before. */
function reachesInto(pattern: RegExp, before: string, line: string): boolean {
  const found = pattern.exec(`${before} ${line}`);
  return found !== null && found.index < before.length && found.index + found[0].length > before.length + 1;
}

function lineFeeds(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED, from); at !== -1 && at < to; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

interface KnownSigns {
  search: AnchorSearch;
  byAnchor: {failure: KnownFailure; pattern: RegExp}[][];
}

let signs: KnownSigns | undefined;

/** Made at the first use: most commands explain nothing. */
function knownSigns(): KnownSigns {
  signs ??= signsOf(KNOWN_FAILURES);
  return signs;
}

function signsOf(failures: readonly KnownFailure[]): KnownSigns {
  const all = failures.flatMap(failure =>
    failure.signs.map(sign =>
      typeof sign === 'string'
        ? {failure, anchor: sign, pattern: literally(sign)}
        : {failure, anchor: sign[0], pattern: sign[1]},
    ),
  );
  const anchors = [...new Set(all.map(({anchor}) => anchor))];
  return {
    search: anchorSearch(anchors),
    byAnchor: anchors.map(anchor => all.filter(sign => sign.anchor === anchor)),
  };
}

const literally = (words: string): RegExp => new RegExp(words.replace(/[^\w\s-]/g, '\\$&'), 'i');
