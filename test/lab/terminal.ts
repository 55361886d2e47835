import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {inProgram, unpackedProgram} from './programs.js';

const run = promisify(execFile);
/** A screen that does not come within this many milliseconds does not come. */
const PATIENCE = 20_000;
const INTERVAL = 100;

interface Tmux {
  program: string;
  env: Record<string, string>;
}

/** The machine's tmux, else one unpacked from the distribution's packages. */
async function ensureTmux(): Promise<Tmux> {
  if (existsSync('/usr/bin/tmux')) return {program: '/usr/bin/tmux', env: {}};
  const unpacked = await unpackedProgram('tmux', ['tmux', 'ncurses-base']);
  const terminals = ['usr/share/terminfo', 'lib/terminfo'].map(path => inProgram(unpacked, path));
  const env = {...unpacked.env, TERMINFO_DIRS: [...terminals, '/lib/terminfo', '/usr/share/terminfo'].join(':')};
  return {program: inProgram(unpacked, 'usr/bin/tmux'), env};
}

/** A program in a real pseudo-terminal, its screen as text. */
export class Terminal {
  readonly #tmux: Tmux;
  readonly #folder: string;

  private constructor(tmux: Tmux, folder: string) {
    this.#tmux = tmux;
    this.#folder = folder;
  }

  static async open(
    command: readonly string[],
    {columns = 80, lines = 24, env = {}, cwd = '/'} = {},
  ): Promise<Terminal> {
    const terminal = new Terminal(await ensureTmux(), await mkdtemp(join(tmpdir(), 'gpudock-terminal-')));
    // Not tmux's own -e: a new session takes PATH from who starts it.
    const variables = Object.entries({LC_ALL: 'C.UTF-8', ...env}).map(([name, value]) => `${name}=${value}`);
    const size = ['-x', String(columns), '-y', String(lines)];
    // The exit code is printed, and the pane stays until it is read; a Ctrl-C is for the program alone.
    const script = 'trap : INT; "$@"; printf "exit %s\\n" $?; exec sleep 600';
    await terminal.#call([
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      ...size,
      '-c',
      cwd,
      'sh',
      '-c',
      script,
      'sh',
      'env',
      ...variables,
      ...command,
    ]);
    await terminal.#call(['set', '-g', 'escape-time', '0']);
    return terminal;
  }

  async press(...keys: string[]): Promise<void> {
    await this.#call(['send-keys', ...keys]);
  }

  async type(text: string): Promise<void> {
    await this.#call(['send-keys', '-l', text]);
  }

  async resize(columns: number, lines: number): Promise<void> {
    await this.#call(['resize-window', '-x', String(columns), '-y', String(lines)]);
  }

  /** The screen and what has scrolled off it; with `colours` its escape sequences too. */
  async screen({colours = false} = {}): Promise<string> {
    return this.#call(['capture-pane', '-p', '-S', '-2000', ...(colours ? ['-e'] : [])]);
  }

  /** Waits for a screen, at most so many milliseconds. Throws with the last one. */
  async until(wanted: RegExp, patience = PATIENCE): Promise<string> {
    const end = Date.now() + patience;
    for (;;) {
      const screen = await this.screen();
      if (wanted.test(screen)) return screen;
      if (Date.now() > end) throw new Error(`no ${wanted} on the screen:\n${screen.trim()}`);
      await sleep(INTERVAL);
    }
  }

  async close(): Promise<void> {
    await this.#call(['kill-server']).catch(() => undefined);
    await rm(this.#folder, {recursive: true, force: true});
  }

  async #call(args: readonly string[]): Promise<string> {
    const {program, env} = this.#tmux;
    const {stdout} = await run(program, ['-S', join(this.#folder, 'socket'), ...args], {env: {...process.env, ...env}});
    return stdout;
  }
}
