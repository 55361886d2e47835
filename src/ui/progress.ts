import stringTruncatedWidth from 'fast-string-truncated-width';
import {inLook, lookOf} from './look.js';
import {printable} from './printable.js';
import {isReadOut} from './read-out.js';
import {duration} from './units.js';

/** Where progress goes: stderr of a terminal, or of a log file. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** How much is said: results alone, what matters, or also every line of the tools that work. */
export type Loudness = 'quiet' | 'normal' | 'verbose';

export interface ProgressOptions {
  loudness?: Loudness;
  env?: Readonly<Record<string, string | undefined>>;
  /** milliseconds */
  now?: () => number;
}

/** A log gets a sign of life after so many milliseconds without a line. */
const SILENCE = 30_000;

/** What takes no longer needs no word; milliseconds. */
const PATIENCE = 1_000;

/** In a log each word stays: what takes no longer needs none there; milliseconds. */
const PATIENCE_OF_A_LOG = 5_000;

/** Progress for people: on a terminal one line that changes, in a log a calm line each. */
export class Progress {
  readonly #screen: Screen;
  readonly #loudness: Loudness;
  readonly #env: NonNullable<ProgressOptions['env']>;
  readonly #now: () => number;
  #shown = false;
  #lastLine: number;
  #lastDetail = '';

  constructor(screen: Screen, {loudness = 'normal', env = {}, now = Date.now}: ProgressOptions = {}) {
    this.#screen = screen;
    this.#loudness = loudness;
    this.#env = env;
    this.#now = now;
    this.#lastLine = now();
  }

  /** A line that stays. */
  line(text: string): void {
    if (this.#loudness === 'quiet') return;
    this.#clear();
    this.#screen.write(`${this.#styled(text)}\n`);
    this.#lastLine = this.#now();
  }

  /** What goes on right now; gone with the next line. In a log now and then, so that it does not look dead. */
  status(text: string): void {
    if (this.#loudness === 'quiet') return;
    if (!this.#redraws) {
      if (this.#now() - this.#lastLine >= SILENCE) this.line(text);
      return;
    }
    this.#clear();
    this.#screen.write(cut(this.#styled(text), (this.#screen.columns || 80) - 1));
    this.#shown = true;
  }

  /** A line of a tool that works: stays where everything is to be said, else it is a status. */
  detail(text: string): void {
    if (this.#loudness !== 'verbose') this.status(text);
    else if (text !== this.#lastDetail) this.line(text);
    this.#lastDetail = text;
  }

  /** Work of its own that may take long: once it does, what it is and for how long. */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    const start = this.#now();
    const timer = setInterval(() => this.status(`${what}, ${duration((this.#now() - start) / 1000)} …`), PATIENCE);
    const told = this.#redraws ? undefined : setTimeout(() => this.line(`${what} …`), PATIENCE_OF_A_LOG);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      clearTimeout(told);
      this.end();
    }
  }

  /** A line that changes is read out again and again by a screen reader: those who use one say TERM=dumb. */
  get #redraws(): boolean {
    return this.#screen.isTTY === true && !isReadOut(this.#env);
  }

  /** Leaves a clean line behind. */
  end(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#shown) this.#screen.write('\r\u001b[2K');
    this.#shown = false;
  }

  #styled(text: string): string {
    const oneLine = printable(text).replace(/[\n\t]+/g, ' ');
    return inLook(oneLine, {...lookOf(this.#screen, this.#env), links: false});
  }
}

const cut = (text: string, columns: number): string =>
  text.slice(0, stringTruncatedWidth(text, {limit: columns, ellipsis: ''}).index);
