// Draws docs/terminal.svg: what a terminal shows of a real run against the lab's engine (npm run lab -- up).
import {cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {readLab} from '../test/lab/gpudock.js';
import {Terminal} from '../test/lab/terminal.js';

const COLUMNS = 110;
const LINES = 200;
const PATIENCE = 600_000;
const PROMPT = '$ ';
const COMMANDS = [
  'gpudock check pytorch/pytorch:2.4.1-cuda12.4-cudnn9-runtime --for-driver 570.124.06 --for-gpu "RTX 5090"',
  'gpudock notebook first-notebook --no-open',
];

/** What stands on the screen after all commands, without empty lines at its end. */
async function shown(folder: string): Promise<string[]> {
  const {host} = await readLab();
  const env = {PATH: `${folder}:${process.env.PATH}`, DOCKER_HOST: host, PS1: PROMPT, HOME: process.env.HOME ?? '/'};
  const terminal = await Terminal.open(['bash', '--norc', '--noprofile'], {
    columns: COLUMNS,
    lines: LINES,
    env,
    cwd: folder,
  });
  try {
    await terminal.until(/^\$/m);
    for (const [at, command] of COMMANDS.entries()) {
      await terminal.type(command);
      await terminal.press('Enter');
      const prompts = new RegExp(`(?:^\\$(?: .*)?$[\\s\\S]*?){${at + 2}}`, 'm');
      await terminal.until(prompts, PATIENCE);
    }
    await terminal.type('gpudock rm --force first-notebook; clear -x');
    const lines = (await terminal.screen()).split('\n');
    await terminal.press('Enter');
    await terminal.until(/is removed/, PATIENCE).catch(() => undefined);
    return lines.slice(
      0,
      lines.findLastIndex(line => line.startsWith(PROMPT)),
    );
  } finally {
    await terminal.close();
  }
}

const NAMES: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'};
const escaped = (text: string): string => text.replace(/[&<>"]/g, sign => NAMES[sign] ?? sign);
const LINE = 19;
const MARGIN = 20;

/** A picture that needs no font of its own; the token is cut, because a picture is seen by all. */
function picture(lines: readonly string[]): string {
  const height = MARGIN * 2 + lines.length * LINE;
  const width = MARGIN * 2 + COLUMNS * 8.2;
  const label =
    'gpudock says why an image will not run on a GPU, then builds an image and prints a link that has answered';
  const texts = lines.map((line, at) => {
    const fill = line.startsWith(PROMPT)
      ? ' fill="#8be9a0"'
      : /^ {2}( {0,3}\d|cached)/.test(line)
        ? ' fill="#9aa0aa"'
        : '';
    const text = escaped(line.replace(/(token=[0-9a-f]{8})[0-9a-f]+/, '$1…'));
    return `<text x="${MARGIN}" y="${MARGIN + 14 + at * LINE}"${fill}>${text}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="#16181d"/>`,
    `<g font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="13.5" fill="#d7dae0" xml:space="preserve">`,
    ...texts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'gpudock-picture-'));
try {
  symlinkSync(resolve('bin/run.js'), join(folder, 'gpudock'));
  cpSync('examples/first-notebook', join(folder, 'first-notebook'), {recursive: true});
  const lines = await shown(folder);
  writeFileSync('docs/terminal.svg', picture(lines));
} finally {
  rmSync(folder, {recursive: true, force: true});
}
