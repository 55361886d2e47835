import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {STAND_IN} from '../lab/stand-in-gpu.js';

let lab: Lab;
let engine: Engine;
let folder: string;
const NAME = `gpudock-test-containers-${process.pid}`;
const TAG = `gpudock-test/committed:${process.pid}`;

beforeAll(async () => {
  lab = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
  folder = await makeProject({'requirements.txt': 'packaging\n'}, 1234);
  ended(await gpudock(lab, ['build', folder]));
  const job = ['-e', 'SECRET_KEY=hush', 'sh', '-c', 'mkdir -p ~/.jupyter && exec sleep 600'];
  ended(await user(['run', '-C', folder, '-d', '--name', NAME, ...job]));
}, 600_000);

afterAll(async () => {
  const filters = {label: [`gpudock.project=${folder}`]};
  for (const {Id} of await engine.docker.listContainers({all: true, filters}))
    await engine.docker.getContainer(Id).remove({force: true});
  await rm(folder, {recursive: true, force: true});
  await tidyUp();
});

const user = (words: string[], options = {}) => gpudock(lab, words, {uid: 1234, ...options});
const inside = async (script: string): Promise<string> =>
  ended(await user(['exec', NAME, 'sh', '-c', script])).stdout.trim();

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

describe('cp', () => {
  test('a folder goes in and comes out again, and belongs to who has it', async () => {
    await mkdir(join(folder, 'mine/deep'), {recursive: true});
    await writeFile(join(folder, 'mine/deep/a file'), 'text');
    await chmod(join(folder, 'mine/deep/a file'), 0o640);
    await symlink('deep/a file', join(folder, 'mine/link'));
    await symlink('/usr/bin/env', join(folder, 'mine/out'));
    for (const path of ['mine', 'mine/deep', 'mine/deep/a file']) await chown(join(folder, path), 1234, 1234);
    ended(await user(['cp', join(folder, 'mine'), `${NAME}:/tmp/theirs`]));
    expect(await inside('cd /tmp/theirs; cat link; stat -c %u:%a "deep/a file"')).toBe('text1234:640');
    ended(await user(['cp', `${NAME}:/tmp/theirs`, join(folder, 'back')]));
    expect(await readFile(join(folder, 'back/deep/a file'), 'utf8')).toBe('text');
    expect(await lstat(join(folder, 'back/deep/a file'))).toMatchObject({uid: 1234, mode: 0o100640});
    expect((await lstat(join(folder, 'back/link'))).isSymbolicLink()).toBe(true);
    expect(await readlink(join(folder, 'back/out'))).toBe('/usr/bin/env');
    // A folder that is there takes it in, and the next time it stands there itself.
    for (const _ of [1, 2]) ended(await user(['cp', `${NAME}:/tmp/theirs`, join(folder, 'back')]));
    expect(await readlink(join(folder, 'back/theirs/out'))).toBe('/usr/bin/env');
  });

  test('no entry gets out of the folder by a link that another one made', async () => {
    const outside = await makeProject({}, 1234);
    await inside(`mkdir /tmp/both; ln -s ${outside} /tmp/both/d`);
    ended(await user(['cp', `${NAME}:/tmp/both`, folder]));
    await inside('cd /tmp/both; rm d; mkdir d; touch d/file');
    const again = await user(['cp', '--json', `${NAME}:/tmp/both`, folder]);
    expect([again.exit, await readdir(outside)]).toEqual([1, []]);
    await rm(outside, {recursive: true});
  });

  test('--dry-run says where, and copies nothing', async () => {
    const run = ended(await user(['cp', '--dry-run', '--json', join(folder, 'requirements.txt'), `${NAME}:/tmp`]));
    expect(JSON.parse(run.stdout)).toMatchObject({to: `${NAME}:/tmp/requirements.txt`, done: false});
    expect(await inside('ls /tmp/requirements.txt 2>/dev/null || echo none')).toBe('none');
  });

  test('a Ctrl-C leaves no half of it, there or here', async () => {
    const large = join(folder, 'large');
    await writeFile(large, '');
    await truncate(large, 4e8);
    // The engine answers no question of the container's files meanwhile.
    const {GraphDriver} = await engine.docker.getContainer(NAME).inspect();
    const upper = (GraphDriver.Data as Record<string, string>).UpperDir ?? '';
    const grows = until(async () => existsSync(join(upper, 'tmp/large')));
    expect(await user(['cp', large, `${NAME}:/tmp/large`], {interruptAt: grows})).toMatchObject({
      exit: 130,
      stderr: expect.stringMatching(/the copy was stopped/),
    });
    expect(await inside('ls /tmp/large 2>/dev/null || echo none')).toBe('none');
    await rm(large);
    await inside('truncate -s 400M /tmp/out');
    const comes = until(async () => (await readdir(folder)).some(name => name.startsWith('.gpudock-cp-')));
    expect((await user(['cp', `${NAME}:/tmp/out`, large], {interruptAt: comes})).exit).toBe(130);
    expect((await readdir(folder)).filter(name => /large|gpudock-cp/.test(name))).toEqual([]);
    await inside('rm /tmp/out');
  }, 60_000);

  test.each([
    ['nothing there', [`${NAME}:/nowhere`, '.'], 'copy_source'],
    ['no such folder', ['requirements.txt', `${NAME}:/nowhere/at/all`], 'copy_target'],
    ['two ends here', ['a', 'b'], 'copy_ends'],
    ['no such container', ['requirements.txt', 'nobody:/tmp'], 'container_not_found'],
  ])('%s is a clear no', async (_, words, code) => {
    expect(JSON.parse((await user(['cp', '--json', ...words], {cwd: folder})).stdout).error.code).toBe(code);
  });
});

test('commit: warns, offers the line for gpudock.yaml, and keeps no secret', async () => {
  const settings = '/home/gpudock/.jupyter/jupyter_server_config.json';
  await inside(`echo '{"IdentityProvider": {"token": "hush"}}' > ${settings}; python -m pip install -q cowsay==6.1`);
  const run = ended(await user(['commit', NAME, TAG]));
  expect(run.stderr).toMatch(/Warning: .*cannot be built again(?:.|\n)*packages:\n {2}- cowsay==6\.1/);
  expect(await inside(`cat ${settings}`)).toMatch(/hush/);
  const image = engine.docker.getImage(TAG);
  expect(JSON.stringify(await image.inspect())).not.toContain('hush');
  const made = await engine.docker.createContainer({Image: TAG, Cmd: ['cat', settings], Tty: true, HostConfig: {}});
  await made.start();
  await made.wait();
  expect(String(await made.logs({stdout: true, follow: false}))).not.toContain('hush');
  await made.remove();
  // The project's own image is still the one that was built for it.
  const plan = JSON.parse(ended(await user(['run', '-C', folder, '--dry-run', '--json', 'true'])).stdout);
  expect(plan.image).not.toBe(TAG);
  expect((await user(['images'])).stdout).not.toContain(TAG);
  await image.remove();
});

test('a Ctrl-C during commit: what the container had is back, and there is no image', async () => {
  const settings = '/home/gpudock/.jupyter/jupyter_server_config.json';
  // The engine holds the container while it makes the image.
  const events = (await engine.docker.getEvents({filters: {container: [NAME], event: ['pause']}})) as Readable;
  const run = await user(['commit', NAME, TAG], {interruptAt: once(events, 'data')});
  events.destroy();
  expect(run).toMatchObject({exit: 130, stdout: ''});
  expect(await inside(`cat ${settings}`)).toMatch(/hush/);
  expect(await engine.docker.listImages({filters: {reference: [TAG]}})).toEqual([]);
});

describe('fix-perms', () => {
  test('asks, then gives back what root left: in the project alone, links themselves', async () => {
    await writeFile(join(folder, 'of-root'), '');
    await mkdir(join(folder, 'closed'), {mode: 0o700});
    await writeFile(join(folder, 'closed/within'), '');
    await symlink('/etc/hostname', join(folder, 'way-out'));
    await writeFile(join(folder, 'of-another'), '');
    await chown(join(folder, 'of-another'), 4321, 4321);
    const before = await lstat('/etc/hostname');
    const refused = await user(['fix-perms', folder]);
    expect(refused).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/files in .* belong to root:(?:.|\n)*of-root/),
    });
    expect((await lstat(join(folder, 'of-root'))).uid).toBe(0);
    ended(await user(['fix-perms', folder, '--yes']));
    for (const path of ['of-root', 'closed', 'closed/within', 'way-out'])
      expect(await lstat(join(folder, path))).toMatchObject({uid: 1234, gid: 1234});
    expect((await lstat(join(folder, 'of-another'))).uid).toBe(4321);
    expect((await lstat('/etc/hostname')).uid).toBe(before.uid);
    expect((await user(['fix-perms', folder])).stderr).toMatch(/Nothing in .* belongs to root/);
  });

  test('a Ctrl-C ends the look at once, and leaves no container', async () => {
    const short = {filters: {label: ['gpudock.purpose=permissions']}};
    const events = (await engine.docker.getEvents({filters: {...short.filters, event: ['start']}})) as Readable;
    const run = await user(['fix-perms', folder, '--yes'], {interruptAt: once(events, 'data')});
    events.destroy();
    expect(run).toMatchObject({exit: 130, stderr: expect.stringMatching(/was stopped/)});
    expect(await engine.docker.listContainers({all: true, ...short})).toEqual([]);
  });
});

test('top: GPU, container, user, program and memory, told by the process on this machine', async () => {
  const {State} = await engine.docker.getContainer(NAME).inspect();
  const programs = await makeProject({
    'nvidia-smi': `#!/bin/sh
${lab.gpuFolder}/nvidia-smi "$@" | sed '0,/<processes>/s|<processes></processes>|<processes><process_info><pid>${State.Pid}</pid><type>C</type><process_name>sleep</process_name><used_memory>700 MiB</used_memory></process_info></processes>|'\n`,
  });
  await chmod(join(programs, 'nvidia-smi'), 0o755);
  const env = {PATH: `${programs}:${process.env.PATH}`};
  const {gpus} = JSON.parse(ended(await gpudock(lab, ['top', '--json'], {env})).stdout);
  expect(gpus).toHaveLength(STAND_IN.gpus.length);
  expect(gpus[0].programs).toEqual([
    expect.objectContaining({pid: State.Pid, container: NAME, usedMiB: 700, program: 'sleep'}),
  ]);
  expect((await gpudock(lab, ['top'], {env})).stdout).toMatch(
    new RegExp(`0 +${NAME} +\\S+ +${State.Pid} +sleep +700 MiB`),
  );
  await rm(programs, {recursive: true});
});

test('volumes: those with the label, who has them, and only unused ones are removed', async () => {
  const other = `gpudock-test-${process.pid}`;
  await engine.docker.createVolume({Name: other, Labels: {'gpudock.cache': 'test'}});
  const {volumes} = JSON.parse(ended(await user(['volumes', '--json'])).stdout);
  expect(volumes).toContainEqual(expect.objectContaining({name: other, containers: []}));
  expect(volumes.find(({name}: {name: string}) => name === 'gpudock-cache').containers).toContain(NAME);
  const planned = ended(await user(['volumes', '--remove', '--dry-run']));
  expect(planned.stderr).toMatch(new RegExp(`would remove ${other}(?:.|\\n)*kept gpudock-cache: used by`));
  await engine.docker.getVolume(other).remove();
});
