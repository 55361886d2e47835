// npm run check:dockerfiles: every kind of generated Dockerfile through BuildKit's own checks (`buildx build --check`). They need
// an engine and a buildx newer than the lab's: those of the distribution's next release, unpacked and started beside it.
import {cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import type {BuildPlan} from '../src/dockerfile/plan.js';
import {engineGetter} from '../src/engine/get.js';
import {openApt, readAptMachine} from '../src/engine/private/apt.js';
import {startDaemon, stopDaemon} from '../src/engine/private/daemon.js';
import {type DaemonSpec, daemonHost} from '../src/engine/private/daemon-files.js';
import {privateRoot} from '../src/engine/private/paths.js';
import {interruptSignal} from '../src/interrupt.js';
import {cacheFolder} from '../src/world/cache.js';
import {liveWorld} from '../src/world/live.js';
import type {Command} from '../src/world/world.js';
import {ensureLab} from '../test/lab/lab.js';
import {MATRIX} from '../test/unit/dockerfile/matrix.js';

/** The first engine with the checks is 27, the first buildx 0.15 (docs.docker.com, "Checking your build configuration"). */
const SUITE = 'forky';
const NEWER = ['docker.io', 'containerd', 'docker-buildx', 'runc'];
/** Images of the matrix that no registry has; any that the lab's registry has does for them. */
const ELSEWHERE =
  /gpudock\/bootstrap:trixie|mambaorg\/micromamba:2(?:@sha256:2+)?|registry\.example\/ours:1|(?<=python:3\.12-slim)@sha256:1+/g;

const world = liveWorld(engineGetter);
const progress = {say: (line: string) => process.stderr.write(`${line}\n`), signal: interruptSignal()};
const {registry} = await ensureLab(world, progress);
const folder = join(cacheFolder(world.env), 'checks');
const root = join(folder, 'root');
await unpackNewer(root);
const spec: DaemonSpec = {
  folder,
  root,
  bridge: 'gpudock-check0',
  path: [],
  settings: {'registry-mirrors': [`http://${registry}`]},
};
await startDaemon(world, spec, progress);
const contexts = mkdtempSync(join(tmpdir(), 'gpudock-checks-'));
try {
  const planted = {dockerfile: 'FROM python:3.12-slim\nCMD ls\n', context: []};
  if ((await findings(planted, 'planted')) === null)
    throw new Error('the checks find nothing where there is something');
  for (const [position, [name, plan]] of MATRIX.entries()) {
    const found = await findings(plan, String(position));
    if (found === null) continue;
    process.exitCode = 1;
    process.stdout.write(`${name}\n${found}\n`);
  }
  if (process.exitCode === undefined) process.stdout.write(`${MATRIX.length} Dockerfiles, no finding\n`);
} finally {
  rmSync(contexts, {recursive: true});
  await stopDaemon(world, spec);
}

/** The newer programs over a copy of the lab's: their C library is this machine's, so apt itself would not choose them. */
async function unpackNewer(root: string): Promise<void> {
  if (existsSync(join(root, 'usr/sbin/dockerd'))) return;
  const [state, archives] = [join(folder, 'apt'), join(folder, 'archives')];
  const machine = await readAptMachine(world);
  const apt = await openApt({world, machine, state, archives, suite: SUITE, signal: progress.signal});
  await apt.run('reading the package index', 'apt-get', 'update', '-qq');
  cpSync(privateRoot(world.env), root, {recursive: true, verbatimSymlinks: true});
  const names = NEWER.map(name => `${name}/${SUITE}`);
  await done('apt-get', ['download', '-qq', ...names], {cwd: archives, env: {APT_CONFIG: join(state, 'apt.conf')}});
  for (const file of readdirSync(archives).filter(name => name.endsWith('.deb')))
    await done('dpkg-deb', ['--extract', join(archives, file), root], {});
}

async function done(program: string, args: string[], options: Pick<Command, 'cwd' | 'env'>): Promise<void> {
  const outcome = await world.run({program, args, timeout: 300_000, ...options});
  if (outcome.status !== 'ran' || outcome.exit !== 0) throw new Error(`${program} ${args[0]}: ${outcome.stderr}`);
}

/** What BuildKit has to say of a Dockerfile; null: nothing. */
async function findings(
  {dockerfile, context}: Pick<BuildPlan, 'dockerfile' | 'context'>,
  name: string,
): Promise<string | null> {
  const dir = join(contexts, name);
  const files = [
    {path: 'Dockerfile', text: dockerfile.replace(ELSEWHERE, text => (text.startsWith('@') ? '' : 'python:3.12-slim'))},
    ...context,
  ];
  for (const {path, text} of files) {
    mkdirSync(dirname(join(dir, path)), {recursive: true});
    writeFileSync(join(dir, path), text);
  }
  const outcome = await world.run({
    program: join(root, 'usr/libexec/docker/cli-plugins/docker-buildx'),
    args: ['build', '--check', '--progress=quiet', dir],
    env: {DOCKER_HOST: daemonHost(folder), BUILDX_BUILDER: 'default', BUILDX_CONFIG: join(contexts, 'buildx')},
    timeout: 120_000,
  });
  const text = `${outcome.stdout}${outcome.stderr}`.trim();
  return outcome.status === 'ran' && outcome.exit === 0 && /no warnings found/.test(text) ? null : text;
}
