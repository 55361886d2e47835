import {chmod, rm, symlink} from 'node:fs/promises';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {BuildBench} from '../lab/build.js';
import {ended, gpudock} from '../lab/gpudock.js';

let bench: BuildBench;

const APP = [
  'from flask import Flask',
  'app = Flask(__name__)',
  '@app.get("/")',
  'def home():',
  '    return "here"',
  '',
];

beforeAll(async () => {
  bench = await BuildBench.open();
});
afterAll(() => bench.end());

const project = (files: Record<string, string>, uid = 0): Promise<string> => bench.project(files, uid);
const built = (folder: string, target: string): Promise<string> => bench.built(folder, ['--target', target]);

test('serve: the application that is in the folder answers, from an image that needs the folder no more', async () => {
  const folder = await project({
    'requirements.txt': 'flask\n',
    'app.py': APP.join('\n'),
    // It is of the project's files in the image, not of those that the image is made from.
    '.dockerignore': '*.txt\n',
  });
  // Neither a link that leads to itself nor a socket stands in the way.
  await symlink('loop', join(folder, 'loop'));
  const socket = createServer().listen(join(folder, 'socket'));
  const {stdout, stderr} = ended(await gpudock(bench.lab, ['build', folder, '--gpus', 'none', '--target', 'serve']));
  socket.close();
  expect(stderr).toContain('socket is left out');
  const Image = stdout.trim();
  const container = await bench.engine.docker.createContainer({
    Image,
    Labels: {'gpudock.test': 'targets'},
    ExposedPorts: {'8000/tcp': {}},
    HostConfig: {PortBindings: {'8000/tcp': [{HostIp: '127.0.0.1', HostPort: ''}]}},
  });
  try {
    await container.start();
    const ports = (await container.inspect()).NetworkSettings.Ports['8000/tcp'];
    expect(await answer(`http://127.0.0.1:${ports?.[0]?.HostPort}/`)).toBe('here');
  } finally {
    await container.remove({force: true});
  }
}, 300_000);

test('dev: compilers, git and the packages are there, and a shell starts', async () => {
  const image = await built(await project({'requirements.txt': 'packaging\n'}), 'dev');
  const {Config} = await bench.engine.docker.getImage(image).inspect();
  expect(Config?.Cmd).toEqual(['bash']);
  const script =
    'echo "int main(){return 7;}" > /tmp/a.c && gcc -o /tmp/a /tmp/a.c; /tmp/a; echo $?; git --version; pip --version';
  const said = await bench.output(image, [
    'bash',
    '-c',
    `${script}; python -c "import packaging; print(packaging.__name__)"`,
  ]);
  expect(said).toMatch(/^7\ngit version \d.*\npip \d.*\/opt\/venv.*\npackaging$/m);
}, 300_000);

test('a changed source file gives another image, an unchanged one none', async () => {
  const folder = await project({'main.py': 'print(1)\n'});
  const first = await built(folder, 'job');
  expect(await built(folder, 'job')).toBe(first);
  await rm(join(folder, 'main.py'));
  expect(await built(folder, 'job')).not.toBe(first);
}, 300_000);

test('a folder without an application cannot be served, and one with a file that is not yours not be built', async () => {
  const none = await gpudock(bench.lab, ['build', await project({'main.py': ''}), '--target', 'serve', '--json']);
  expect(JSON.parse(none.stdout).error).toMatchObject({code: 'app_not_found'});
  const folder = await project({'main.py': ''}, 1234);
  await chmod(join(folder, 'main.py'), 0);
  const closed = await gpudock(bench.lab, ['build', folder, '--target', 'job', '--json'], {uid: 1234});
  expect(JSON.parse(closed.stdout).error).toMatchObject({
    code: 'file_unreadable',
    message: expect.stringContaining('main.py'),
  });
}, 120_000);

async function answer(url: string): Promise<string | null> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const text = await fetch(url, {signal: AbortSignal.timeout(5_000)}).then(
      response => response.text(),
      () => null,
    );
    if (text !== null) return text;
    await sleep(200);
  }
  return null;
}
