import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {compileFunction} from 'node:vm';
import {expect, test} from '@jest/globals';
import * as z from 'zod';

const Meta = z.object({
  outputs: z.record(
    z.string(),
    z.object({
      imports: z.array(z.object({path: z.string(), kind: z.string()})),
      inputs: z.array(z.string()),
    }),
  ),
});
const {outputs} = Meta.parse(JSON.parse(readFileSync('dist/meta.json', 'utf8')));
const HEAVY = ['dockerode', 'undici', 'inquirer', 'systeminformation', 'execa'];

/** Every module that is loaded before the entry's first line runs: sources of the bundle, and packages beside it. */
function loaded(entry: string): string[] {
  const seen = new Set<string>();
  const queue = [entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const output = outputs[path];
    for (const input of output?.inputs ?? []) seen.add(input);
    queue.push(...(output?.imports ?? []).filter(({kind}) => kind === 'static').map(({path}) => path));
  }
  return [...seen];
}

const heavy = (entry: string): string[] =>
  HEAVY.filter(name => loaded(entry).some(path => path === name || path.startsWith(`node_modules/${name}/`)));

const entries = [
  'dist/main.js',
  'dist/complete.js',
  ...Object.keys(outputs).filter(path => path.startsWith('dist/commands/')),
];

test('the bundle has commands, and its heavy modules are found where they are', () => {
  expect(entries.length).toBeGreaterThan(10);
  const undici = Object.keys(outputs).find(path => path.startsWith('dist/undici-')) ?? '';
  expect(heavy(undici)).toEqual(['undici']);
});

test.each(entries)('%s loads nothing heavy before it is needed', entry => {
  expect(loaded(entry)).toContain(entry.replace(/^dist/, 'src').replace(/\.js$/, '.ts'));
  expect(heavy(entry)).toEqual([]);
});

/** Each file costs a start: see scripts/chunks.mjs, where a new command finds its place. */
test.each(entries)('%s is ready after few files', entry => {
  const files = loaded(entry).filter(path => path.startsWith('dist/'));
  expect(files).toContain(entry);
  expect(files.length).toBeLessThanOrEqual(35);
});

/** A name that both the bundler's heading and a module declare is seen only when that chunk is loaded. */
test('every chunk of the bundle is a module that node can read', () => {
  const chunks = Object.keys(outputs);
  expect(chunks.length).toBeGreaterThan(50);
  for (const path of chunks)
    compileFunction(readFileSync(path, 'utf8'), ['exports', 'require', 'module', '__filename', '__dirname'], {
      filename: path,
    });
});

test.each([
  [['--version'], /^gpudock\/\d/],
  [['help'], /COMMANDS/],
  [['help', 'bench', 'compare'], /gpudock bench compare/],
  [['help', 'run', 'python'], /gpudock run/],
  [['__complete', 'matrix', ''], /^show\t/],
])('the built program answers %j', (args, text) => {
  expect(execFileSync(process.execPath, ['bin/run.js', ...args], {encoding: 'utf8'})).toMatch(text);
});
