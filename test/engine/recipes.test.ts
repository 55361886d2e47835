import {execFile} from 'node:child_process';
import {copyFile, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {gpudock, makeProject, readLab} from '../lab/gpudock.js';
import {fencedBlocks, type Recipe, recipesOf} from '../recipes.js';

const run = promisify(execFile);
const README = await readFile('README.md', 'utf8');
const TOUR = README.slice(README.indexOf('## Two minutes'), README.indexOf('## What it does'));
const recipes = [
  {title: 'the tour', blocks: fencedBlocks(TOUR)},
  ...recipesOf(await readFile('docs/recipes.md', 'utf8')),
];

let folder = '';
let home = '';
let env: Record<string, string> = {};
let gpus = '';

beforeAll(async () => {
  const lab = await readLab();
  gpus = lab.gpuFolder;
  folder = await makeProject({
    'requirements.txt': 'packaging\n',
    'train.py': 'print("trained")\n',
    'train.log': 'RuntimeError: CUDA error: no kernel image is available for execution on the device\n',
  });
  home = await mkdtemp(join(tmpdir(), 'gpudock-home-'));
  await writeFile(join(home, '.netrc'), 'machine example.com login a password b\n', {mode: 0o600});
  await symlink(resolve('bin/run.js'), join(home, 'gpudock'));
  await copyFile(lab.buildx, join(home, 'docker-buildx'));
  env = {
    PATH: `${home}:${process.env.PATH}`,
    HOME: home,
    DOCKER_HOST: lab.host,
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? `${process.env.HOME}/.cache`,
  };
}, 300_000);

afterAll(async () => {
  await gpudock(await readLab(), ['rm', '--force', folder]);
  await gpudock(await readLab(), ['prune', folder, '--keep', '0', '--yes']);
  for (const each of [folder, home]) await rm(each, {recursive: true, force: true});
});

/** All that the lines print; each must end as its comment says, else with 0. */
async function typed({lines, standIn}: Recipe['blocks'][number]): Promise<string> {
  let said = '';
  for (const {command, exits} of lines) {
    const options = {cwd: folder, env: standIn ? {...env, PATH: `${gpus}:${env.PATH}`} : env};
    const ended = await run('bash', ['-c', command], options).then(
      done => ({code: 0, ...done}),
      (error: {code: number; stdout: string; stderr: string}) => error,
    );
    if (!exits.includes(ended.code)) throw new Error(`${command}\nexit ${ended.code}\n${ended.stderr}${ended.stdout}`);
    said += ended.stdout + ended.stderr;
  }
  return said;
}

test('there are ten recipes and a tour', () => {
  expect(recipes.map(({title}) => title)).toEqual([
    'the tour',
    ...Array.from({length: 10}, (_, at) => expect.stringMatching(`^${at + 1}\\. `)),
  ]);
  expect(recipes.filter(({blocks}) => blocks.length === 0)).toEqual([]);
});

test.each(recipes.map(({title, blocks}) => [title, blocks] as const))(
  '%s',
  async (_, blocks) => {
    for (const block of blocks) {
      const said = await typed(block);
      for (const line of block.shown) expect(said).toContain(line);
    }
  },
  300_000,
);
