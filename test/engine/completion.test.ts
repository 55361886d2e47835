import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {SCRIPTS} from '../../src/completion/scripts.js';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {readLab} from '../lab/gpudock.js';
import {inProgram, unpackedProgram} from '../lab/programs.js';
import {Terminal} from '../lab/terminal.js';

const CONTAINER = 'gpudock-zz-completion';
const IMAGE = 'gpudock/zz-completion:first';

let folder = '';
let env: Record<string, string> = {};
let tidy = async (): Promise<void> => {};

/** A container and an image that nobody else has, and a gpudock on the PATH. */
beforeAll(async () => {
  const lab = await readLab();
  folder = await mkdtemp(join(tmpdir(), 'gpudock-completion-'));
  await symlink(resolve('bin/run.js'), join(folder, 'gpudock'));
  for (const [shell, script] of Object.entries(SCRIPTS)) await writeFile(join(folder, `script.${shell}`), script);
  env = {PATH: `${folder}:${lab.gpuFolder}:${process.env.PATH}`, DOCKER_HOST: lab.host, HOME: folder};
  const world = liveWorld(engineGetter);
  const {docker} = await connect({...world, env: {...world.env, DOCKER_HOST: lab.host}});
  const [image] = await docker.listImages();
  await docker.getImage(image?.Id ?? '').tag({repo: 'gpudock/zz-completion', tag: 'first'});
  const labels = {'gpudock.project': '/nowhere', 'gpudock.purpose': 'job'};
  const container = await docker.createContainer({name: CONTAINER, Image: IMAGE, Cmd: ['true'], Labels: labels});
  tidy = async () => {
    await container.remove({force: true});
    await docker.getImage(IMAGE).remove();
  };
});

afterAll(async () => {
  await tidy();
  await rm(folder, {recursive: true, force: true});
});

/** What is typed, and what stands there after Tab. */
const WORDS: readonly [string, string][] = [
  ['gpudock matr', 'gpudock matrix'],
  ['gpudock matrix ver', 'gpudock matrix verify'],
  ['gpudock stop gpudock-zz', `gpudock stop ${CONTAINER}`],
  ['gpudock cp gpudock-zz', `gpudock cp ${CONTAINER}:`],
  ['gpudock check gpudock/zz-completion:', `gpudock check ${IMAGE}`],
  ['gpudock run --gpu-check=w', 'gpudock run --gpu-check=warn'],
  ['gpudock run --gpus au', 'gpudock run --gpus auto'],
];

async function inTerminal(command: readonly string[], ready: string, more: Record<string, string>): Promise<void> {
  const terminal = await Terminal.open(command, {columns: 120, env: {...env, ...more}});
  try {
    await terminal.type(ready);
    await terminal.press('Enter');
    await terminal.until(/^ready/m);
    for (const [typed, completed] of WORDS) {
      await terminal.type(typed);
      await terminal.press('Tab');
      await terminal.until(new RegExp(`\\$ ${completed.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} *$`, 'm'));
      // A key of the line editor and no signal: it takes its turn after what was typed, and runs nothing.
      await terminal.press('C-u');
    }
  } finally {
    await terminal.close();
  }
}

test('bash', () =>
  inTerminal(['bash', '--norc', '--noprofile'], `source ${folder}/script.bash; PS1='$ '; echo ready`, {}));

test('zsh', async () => {
  // The modules of the dynamic one are looked for in the place of an installed package alone.
  const zsh = await unpackedProgram('zsh', ['zsh-static', 'zsh-common']);
  const functions = inProgram(zsh, 'usr/share/zsh/functions');
  const start = `fpath=(${functions}/**/*(/)); autoload -Uz compinit; compinit -u -D; source ${folder}/script.zsh; PS1='$ '; echo ready`;
  await inTerminal([inProgram(zsh, 'bin/zsh-static'), '-f'], start, {});
});

test('fish', async () => {
  const fish = await unpackedProgram('fish', ['fish', 'fish-common']);
  // It looks for its own files beside itself if it finds both folders there.
  await mkdir(inProgram(fish, 'usr/etc/fish'), {recursive: true});
  for (const [typed, completed] of WORDS) {
    const {stdout} = await promisify(execFile)(
      inProgram(fish, 'usr/bin/fish'),
      ['-c', `source ${folder}/script.fish; complete -C "${typed}"`],
      {env: {...env, LD_LIBRARY_PATH: fish.env.LD_LIBRARY_PATH, LC_ALL: 'C.UTF-8'}},
    );
    expect(stdout.split('\n').map(line => line.split('\t')[0])).toContain(completed.split(' ').at(-1));
  }
});
