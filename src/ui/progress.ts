import {printable} from './printable.js';

/** Where progress goes: stderr of a terminal, or of a log file. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** Progress for people: on a terminal one line that changes, in a log a calm line each. */
export class Progress {
  readonly #screen: Screen;
  #shown = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** A line that stays. */
  line(text: string): void {
    this.#clear();
    this.#screen.write(`${oneLine(text)}\n`);
  }

  /** What goes on right now; gone with the next line. Nothing in a log. */
  status(text: string): void {
    if (this.#screen.isTTY !== true) return;
    this.#clear();
    this.#screen.write(oneLine(text).slice(0, (this.#screen.columns ?? 80) - 1));
    this.#shown = true;
  }

  /** Leaves a clean line behind. */
  end(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#shown) this.#screen.write('\r\u001b[2K');
    this.#shown = false;
  }
}

const oneLine = (text: string): string => printable(text).replace(/[\n\t]+/g, ' ');
