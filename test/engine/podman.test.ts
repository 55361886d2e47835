import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {ended, gpudock, makeProject, readLab} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {type PodmanEngine, startPodman} from '../lab/podman.js';

let lab: Lab;
let podman: PodmanEngine;
let folder: string;

beforeAll(async () => {
  lab = await readLab();
  podman = await startPodman(lab);
  folder = await makeProject({
    'requirements.txt': 'humanize\n',
    'main.py': 'import humanize, os\nprint(humanize.intcomma(12345), sorted(os.listdir(".")), list(os.walk("tmp")))\n',
  });
}, 120_000);
afterAll(async () => {
  await podman.end();
  await rm(folder, {recursive: true, force: true});
});

const build = (...args: string[]) =>
  gpudock(lab, ['build', folder, '--gpus', 'none', '--target', 'job', ...args], {env: podman.env});

const SECRET = ['--secret', 'id=token,env=HOME'];

test('Podman builds the same Dockerfile, finds what did not change, and sees what did', async () => {
  const {stdout, stderr} = ended(await build(...SECRET));
  const image = stdout.trim();
  expect(stderr).toMatch(/COPY --from=large/);
  const {engine} = podman;
  const container = await engine.docker.createContainer({
    Image: image,
    Cmd: ['python', 'main.py'],
    Tty: true,
    HostConfig: {NetworkMode: 'host'},
  });
  await container.start();
  expect((await container.wait()).StatusCode).toBe(0);
  // Its client sends the secrets, and the Dockerfile, among the files of the context.
  const said = String(await container.logs({stdout: true, follow: false}));
  expect(said).toContain("12,345 ['main.py', 'requirements.txt', 'tmp'] [('tmp', [], [])]");
  await container.remove({force: true});
  expect(ended(await build(...SECRET)).stderr).toContain('nothing changed');
  // Another file, the same instructions: what is copied is compared, not only the words of a step.
  await writeFile(join(folder, 'requirements.txt'), 'humanize\nno-package-of-that-name==9\n');
  const broken = await build('--json', '--keep-failed');
  const failed = JSON.parse(broken.stdout);
  expect(failed.error).toMatchObject({code: 'build_failed', message: expect.stringContaining('uv pip compile')});
  expect(failed.error.fix).toContain('requirements.txt:2');
  const [, left = ''] = /the state before that step: podman run .* (\S+:failed) sh/.exec(broken.stderr) ?? [];
  const {Config} = await engine.docker.getImage(left).inspect();
  // Else it would be taken for the project's image.
  expect(Config.Labels?.['gpudock.inputs']).toBe('failed');
}, 400_000);

test('what Podman cannot do is said before it is tried', async () => {
  await writeFile(join(folder, 'main.py'), 'print("another project")\n');
  const caches = await build('--json', '--cache-from', 'type=registry,ref=registry.example/cache');
  expect([caches.exit, JSON.parse(caches.stdout).error]).toMatchObject([1, {code: 'build_unsupported'}]);
  const lock = await gpudock(lab, ['lock', folder, '--json', '--gpus', 'none'], {env: podman.env});
  expect([lock.exit, JSON.parse(lock.stdout).error]).toMatchObject([1, {code: 'build_unsupported'}]);
  const alone = await gpudock(lab, ['build', folder, '--json', '--gpus', 'none'], {
    env: {...podman.env, PATH: process.env.PATH},
  });
  expect([alone.exit, JSON.parse(alone.stdout).error]).toMatchObject([1, {code: 'podman_missing'}]);
}, 60_000);
