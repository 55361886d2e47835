import {readdirSync, readFileSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {BuildBench} from '../lab/build.js';
import {ended, gpudock, type Run} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {Terminal} from '../lab/terminal.js';

let bench: BuildBench;
let lab: Lab;
const SECRET = 'correct-horse-battery-staple';

beforeAll(async () => {
  bench = await BuildBench.open();
  lab = bench.lab;
});
afterAll(() => bench.end());

const project = (files: Record<string, string>): Promise<string> => bench.project(files);

describe('a build that is lent a secret', () => {
  let folder: string;
  let image: string;
  let run: Run;
  const exposed = new Set<string>();

  beforeAll(async () => {
    folder = await project({'requirements.txt': 'packaging==24.2\n', 'token.txt': SECRET});
    const secrets = ['--secret', `id=token,src=${join(folder, 'token.txt')}`, '--secret', 'id=other,env=OTHER'];
    const watch = setInterval(() => {
      for (const line of commandLines()) if (line.includes(SECRET)) exposed.add(line);
    }, 200);
    run = await gpudock(lab, ['build', folder, '--gpus', 'none', '--verbose', ...secrets], {env: {OTHER: SECRET}});
    clearInterval(watch);
    image = ended(run).stdout.trim();
  }, 600_000);

  test('leaves it in no layer, label, variable or step of the history', async () => {
    const facts = bench.engine.docker.getImage(image);
    const [inspected, history] = await Promise.all([facts.inspect(), facts.history()]);
    expect(JSON.stringify([inspected, history])).not.toContain(SECRET);
    let layers = '';
    for await (const chunk of await facts.get()) layers += Buffer.from(chunk).includes(SECRET) ? 'found' : '';
    expect(layers).toBe('');
  });

  test('leaves it in no output, no key of the cache, and on no command line', async () => {
    expect(run.stdout + run.stderr).not.toContain(SECRET);
    const {BuildCache} = await bench.engine.docker.df();
    expect(BuildCache.length).toBeGreaterThan(0);
    expect(JSON.stringify(BuildCache)).not.toContain(SECRET);
    expect([...exposed]).toEqual([]);
  });

  test('records what is inside, by version', async () => {
    const stdout = await bench.output(image, ['cat', '/opt/venv/packages.txt']);
    expect(stdout).toMatch(/^packaging==24.2$/m);
    expect(stdout).toMatch(/^jupyterlab==/m);
  });

  test('is not done again when nothing changed', async () => {
    expect(JSON.parse(ended(await gpudock(lab, ['build', folder, '--gpus', 'none', '--json'])).stdout)).toMatchObject({
      image,
      built: false,
    });
  });
});

test('a base that was made anew under its name is another base', async () => {
  const BASE = 'gpudock-test/own-base:1';
  const made = async (round: string) => {
    const container = await bench.engine.docker.createContainer({Image: 'python:3.12-slim'});
    await container.commit({repo: BASE.split(':')[0], tag: '1', changes: `LABEL round=${round}`});
    await container.remove();
  };
  const folder = await project({'gpudock.yaml': `base: ${BASE}\n`, 'main.py': ''});
  const built = async () => {
    const {image, built} = JSON.parse(
      ended(await gpudock(lab, ['build', folder, '--gpus', 'none', '--target', 'job', '--json'])).stdout,
    );
    return [(await bench.engine.docker.getImage(image).inspect()).Config.Labels.round, built];
  };
  try {
    await made('first');
    expect(await built()).toEqual(['first', true]);
    expect(await built()).toEqual(['first', false]);
    await made('second');
    expect(await built()).toEqual(['second', true]);
  } finally {
    await bench.engine.docker.getImage(BASE).remove();
  }
}, 300_000);

test('a package that does not exist is traced to its line', async () => {
  const folder = await project({'requirements.txt': 'packaging\npackaging-of-nothing-at-all==9\n'});
  const {exit, stdout} = await gpudock(lab, ['build', folder, '--gpus', 'none', '--json']);
  expect(exit).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'build_failed',
    fix: expect.stringContaining('requirements.txt:2'),
  });
}, 300_000);

test('the state before a step that failed stays when asked for, as no image of the project', async () => {
  const folder = await project({'requirements.txt': 'packaging\npackaging-of-nothing-at-all==9\n'});
  const {exit, stderr} = await gpudock(lab, ['build', folder, '--gpus', 'none', '--target', 'job', '--keep-failed']);
  expect(exit).toBe(1);
  const [, tag = ''] = / (gpudock\/\S+:failed) sh/.exec(stderr) ?? [];
  expect(await bench.output(tag, ['sh', '-c', 'ls /opt/venv/bin/python && /opt/uv/bin/uv --version'])).toMatch(
    /^uv \d/m,
  );
  await rm(join(folder, 'requirements.txt'));
  expect(await bench.built(folder, ['--target', 'job'])).not.toContain('failed');
}, 300_000);

test('a package that cannot be imported is found after the build, and leaves no image', async () => {
  const folder = await project({'requirements.txt': 'python-magic\n'});
  const {exit, stdout} = await gpudock(lab, ['build', folder, '--gpus', 'none', '--target', 'job', '--json']);
  expect([exit, JSON.parse(stdout).error]).toMatchObject([
    1,
    {code: 'import_fails', message: 'magic cannot be imported in the image'},
  ]);
  const filters = {label: [`gpudock.project=${folder}`]};
  expect(await bench.engine.docker.listImages({filters})).toEqual([]);
  await writeFile(join(folder, 'apt.txt'), 'libmagic1\n');
  const image = await bench.built(folder, ['--target', 'job']);
  expect(await bench.output(image, ['python', '-c', 'import magic; print(magic.from_buffer("text\\n"))'])).toContain(
    'ASCII',
  );
}, 300_000);

test('a secret that is not there fails before anything is built', async () => {
  const folder = await project({'requirements.txt': 'packaging\n'});
  const {exit, stdout} = await gpudock(lab, ['build', folder, '--json', '--secret', 'id=x,src=/nowhere']);
  expect(exit).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({code: 'secret_missing'});
});

test('two builds of the same at once make one image', async () => {
  // What no build before has asked for.
  const folder = await project({'requirements.txt': `packaging==24.2 # ${Date.now()}\n`});
  const [one, other] = await Promise.all([bench.built(folder), bench.built(folder)]);
  expect(one).toBe(other);
  const filters = {label: [`gpudock.project=${folder}`]};
  expect((await bench.engine.docker.listImages({filters})).length).toBe(1);
}, 300_000);

describe('a base that has another version of the framework than the files name', () => {
  const BASE = 'pytorch/pytorch:2.9.0-cuda12.8-cudnn9-runtime';
  const planned = async (folder: string, ...args: string[]) =>
    JSON.parse(
      (await gpudock(lab, ['dockerfile', folder, '--base', BASE, '--gpus', 'none', '--json', ...args])).stdout,
    );

  test('--keep decides; without it and without a terminal that is a failure', async () => {
    const folder = await project({'requirements.txt': 'torch==2.3.1\npackaging\n'});
    expect((await planned(folder)).error).toMatchObject({code: 'framework_contradiction'});
    const image = await planned(folder, '--keep', 'image');
    expect(image.base).toBe(BASE);
    expect(image.decisions).toContainEqual(
      expect.objectContaining({why: expect.stringContaining('left to the image')}),
    );
    expect((await planned(folder, '--keep', 'files')).base).not.toBe(BASE);
  }, 60_000);

  test.each(['screen', 'dumb'])(
    'at a terminal (TERM=%s) it is asked for, and Ctrl-C builds nothing',
    async TERM => {
      const folder = await project({'requirements.txt': 'torch==2.3.1\n'});
      const command = [process.execPath, resolve('bin/run.js'), 'build', folder, '--base', BASE, '--gpus', 'none'];
      const terminal = await Terminal.open(command, {env: {DOCKER_HOST: lab.host, TERM}});
      try {
        await terminal.until(/Keep which\?/);
        if (TERM === 'dumb') {
          // A number that was not offered is no answer.
          await terminal.press('9', 'Enter');
          await terminal.until(/Keep which\?[\s\S]*Keep which\?/);
        }
        await terminal.press('C-c');
        await terminal.until(/exit 130/);
      } finally {
        await terminal.close();
      }
      const filters = {label: [`gpudock.project=${folder}`]};
      expect(await bench.engine.docker.listImages({filters})).toEqual([]);
    },
    60_000,
  );
});

/** What `ps` would show of every process; one that ends meanwhile shows nothing. */
const commandLines = (): string[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
