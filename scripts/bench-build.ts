// npm run bench:build: builds of the same environment as the Dockerfile that people write, and as gpudock's, in the lab.
// Ratios of builds in one run. "cold" means: base, layers and package caches that no build has seen before.
// --envd PROGRAM: envd's build of the same on the same base as a third side. Its package cache is the engine's own.
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {type BuildPlan, planBuild} from '../src/dockerfile/plan.js';
import {build} from '../src/engine/build.js';
import type {BuildEvent} from '../src/engine/build-progress.js';
import {connect, type Engine} from '../src/engine/connect.js';
import {engineGetter} from '../src/engine/get.js';
import {NO_ACCESS} from '../src/environment/access.js';
import {type Network, readNetwork} from '../src/environment/network.js';
import {readProject} from '../src/environment/project.js';
import {checkImports} from '../src/flow/image-check.js';
import {readSource} from '../src/flow/source.js';
import {readTemplates} from '../src/flow/templates.js';
import {liveWorld} from '../src/world/live.js';
import {labFile} from '../test/lab/place.js';
import {quantile, timed} from './bench/pairs.js';

const {values} = parseArgs({options: {rounds: {type: 'string', default: '2'}, envd: {type: 'string'}}});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1 up');

const BASE = 'python:3.12-slim';
/** The lab's stand-in for it has the distribution's Python; the real one holds the headers. */
const HEADERS =
  'RUN --mount=type=secret,id=ca --mount=type=secret,id=apt,target=/etc/apt/apt.conf.d/99gpudock apt-get update && apt-get install -y python3-dev && rm -rf /var/lib/apt/lists/*\n';
/** psutil is compiled: the wheel that its index has is not taken. */
const PACKAGES = ['jupyterlab', 'numpy', 'pandas', 'psutil', '--no-binary=psutil'];
/** Of each round others, as what is built anew may depend on their names; no package above needs one of them. */
const ADDED = ['humanize', 'tabulate', 'colorama', 'more-itertools'];
const TARGETS: Readonly<Record<string, number>> = {
  'cold build': 1,
  'one package added': 0.25,
  'another package added': 0.25,
  'one source file changed': 0.1,
  'image size': 0.6,
};

interface Side {
  name: 'plain' | 'gpudock' | 'envd';
  image: string;
  /** What has to be read first is not part of the time. */
  prepared(): Promise<() => void | Promise<void>>;
}

const lab = JSON.parse(readFileSync(labFile(process.env), 'utf8')) as {
  host: string;
  buildx: string;
  registry: string;
};
const world = liveWorld(engineGetter);
const engine: Engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: world.read});
const network: Network = await readNetwork(world);
const note = (line: string): void => void process.stderr.write(`${line}\n`);
/** By tag, and by id: the next build takes the tag away. */
const made = new Set<string>();
/** By what is measured, then by side. */
const ratios = new Map<string, Map<string, number[]>>();

try {
  for (let round = 0; round < rounds; round++) await measure(round);
} finally {
  // A build that failed left none.
  await Promise.allSettled([...made].map(image => engine.docker.getImage(image).remove({force: true})));
}
process.stdout.write('| measured | side | against the plain Dockerfile | target |\n|---|---|---|---|\n');
for (const [name, sides] of ratios)
  for (const [side, found] of sides) {
    const target = side === 'gpudock' ? (TARGETS[name] ?? 0) : null;
    const shown = found.map(ratio => ratio.toFixed(2)).join(', ');
    process.stdout.write(`| ${name} | ${side} | ${shown} | ${target === null ? '–' : `≤ ${target}`} |\n`);
    if (target !== null && quantile(found, 0.5) > target) process.exitCode = 1;
  }

async function measure(round: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gpudock-bench-build-'));
  try {
    const nonce = `${process.pid}-${round}`;
    const base = await ownBase(nonce);
    write(folder, PACKAGES);
    const third = values.envd === undefined ? [] : [await envd(folder, base, nonce, values.envd)];
    const sides = [plain(folder, base), ours(folder, base, nonce), ...third];
    if (round % 2 === 1) sides.reverse();
    await record('cold build', sides);
    ratioOf('image size', await sizes(sides));
    const [first = '', second = ''] = [...ADDED, ...ADDED].slice(round % ADDED.length);
    write(folder, [...PACKAGES, first]);
    await record('one package added', sides);
    // BuildKit up to 0.15 reads a state that steps lie on twice before it keeps what it found: from here on it has it.
    write(folder, [...PACKAGES, first, second]);
    await record('another package added', sides);
    writeFileSync(join(folder, 'main.py'), `print(${round})\nprint("changed")\n`);
    await record('one source file changed', sides);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function write(folder: string, packages: readonly string[]): void {
  writeFileSync(join(folder, 'requirements.txt'), `${packages.join('\n')}\n`);
  writeFileSync(join(folder, 'main.py'), 'print("first")\n');
}

/** A base that no layer of the cache lies upon. */
async function ownBase(nonce: string): Promise<string> {
  const tag = `gpudock-bench-base:${nonce}`;
  const labels = {'gpudock.bench': nonce};
  // envd lends its steps no secret: what leads to the index is in the base then, for every side.
  const reach =
    values.envd === undefined
      ? ''
      : 'RUN --mount=type=secret,id=ca --mount=type=secret,id=pip cp /run/secrets/pip /etc/pip.conf && cp /run/secrets/ca /etc/ssl/certs/ca-certificates.crt\n';
  await built({
    dockerfile: `FROM ${BASE}\n${HEADERS}RUN echo ${nonce} > /etc/gpudock-bench\n${reach}`,
    tag,
    labels,
    context: [],
    source: null,
  });
  return tag;
}

/** What people write: one stage, compilers inside, no cache, the project before its packages. */
function plain(folder: string, base: string): Side {
  return {
    name: 'plain',
    image: `${base}-plain`,
    prepared: async () => {
      const {source} = await readSource(folder);
      const dockerfile = [
        `FROM ${base}`,
        'RUN --mount=type=secret,id=ca --mount=type=secret,id=apt,target=/etc/apt/apt.conf.d/99gpudock apt-get update \\',
        '    && apt-get install -y build-essential git',
        'WORKDIR /app',
        'COPY . .',
        'RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt --mount=type=secret,id=pip,target=/etc/pip.conf \\',
        '    pip install --no-cache-dir -r requirements.txt',
        'CMD ["python", "main.py"]',
        '',
      ].join('\n');
      const plan = planned({dockerfile, tag: `${base}-plain`, source, context: [], labels: {}});
      return () => buildOf(plan);
    },
  };
}

/** gpudock's own, with package caches of its own: those of the machine are filled. */
function ours(folder: string, base: string, nonce: string): Side {
  return {
    name: 'gpudock',
    image: `${base}-gpudock`,
    prepared: async () => {
      const [project, {source}] = await Promise.all([readProject(world, folder), readSource(folder)]);
      const plan = planBuild({
        project,
        base: {kind: 'python', image: base, builder: base, framework: null, gpu: false, python: '3.13', why: ''},
        packages: 'index',
        gpu: false,
        templates: readTemplates(),
        architectures: [],
        gpuNames: [],
        secrets: [],
        target: 'job',
        source,
      });
      const dockerfile = plan.dockerfile.replace(
        /type=cache,target=(\S+?)(?=[,\s])/g,
        `type=cache,id=$1-${nonce},target=$1`,
      );
      const named = {...plan, dockerfile, tag: `${base}-gpudock`};
      return async () => {
        await buildOf(named);
        await checkImports(engine, named, project, {signal: new AbortController().signal, note, status: () => {}});
      };
    },
  };
}

/** envd asks the base's registry itself: the base goes there. */
async function envd(folder: string, base: string, nonce: string, program: string): Promise<Side> {
  const reference = `${lab.registry}/gpudock-bench-base:${nonce}`;
  await engine.docker.getImage(base).tag({repo: `${lab.registry}/gpudock-bench-base`, tag: nonce});
  made.add(reference);
  const pushed = await engine.docker.getImage(reference).push({authconfig: {}});
  await new Promise((done, failed) =>
    engine.docker.modem.followProgress(pushed, error => (error === null ? done(null) : failed(error))),
  );
  const home = join(folder, '../gpudock-bench-envd');
  mkdirSync(join(home, '.config/containers'), {recursive: true});
  writeFileSync(
    join(home, '.config/containers/registries.conf'),
    `[[registry]]\nlocation = "${lab.registry}"\ninsecure = true\n`,
  );
  const image = `${base}-envd`;
  made.add(image);
  const env = {...process.env, HOME: home, ENVD_ANALYTICS: 'false', DOCKER_HOST: lab.host};
  execFileSync(program, ['bootstrap'], {env, stdio: 'ignore'});
  return {
    name: 'envd',
    image,
    prepared: async () => {
      const text = [
        '# syntax=v1',
        'def build():',
        `    base(dev=False, image="${reference}")`,
        '    install.apt_packages(["build-essential", "python3-dev", "git"])',
        '    install.python_packages(requirements="requirements.txt")',
        '    io.copy("main.py", "/app/main.py")',
        '',
      ].join('\n');
      writeFileSync(join(folder, 'build.envd'), text);
      return () =>
        void execFileSync(program, ['build', '--path', folder, '--tag', image], {
          env,
          stdio: ['ignore', 'ignore', 'inherit'],
        });
    },
  };
}

function planned(part: Pick<BuildPlan, 'dockerfile' | 'tag' | 'labels' | 'context' | 'source'>): BuildPlan {
  const base = {kind: 'custom', image: '', builder: '', framework: null, gpu: false, python: null, why: ''} as const;
  return {...part, base, packages: 'index', ssh: false, decisions: []};
}

async function built(part: Parameters<typeof planned>[0]): Promise<void> {
  await buildOf(planned(part));
}

async function buildOf(plan: BuildPlan): Promise<void> {
  const signal = new AbortController().signal;
  const onEvent = ({type, ...event}: BuildEvent) => {
    if (type === 'failed') process.stderr.write(`${JSON.stringify(event)}\n`);
  };
  made.add(plan.tag);
  await build(engine, plan, {
    builder: {kind: 'buildx', program: lab.buildx},
    network,
    access: NO_ACCESS,
    signal,
    onEvent,
    output: null,
  });
  made.add((await engine.docker.getImage(plan.tag).inspect()).Id);
}

async function record(name: string, sides: readonly Side[]): Promise<void> {
  const times = new Map<string, number>();
  for (const side of sides) {
    const work = await side.prepared();
    // What the build before has left to be written to the disk is not this one's.
    spawnSync('sync');
    times.set(side.name, await timed(work));
    process.stderr.write(`${name}, ${side.name}: ${((times.get(side.name) ?? 0) / 1000).toFixed(1)} s\n`);
  }
  ratioOf(name, times);
}

function ratioOf(name: string, figures: ReadonlyMap<string, number>): void {
  const found = ratios.get(name) ?? new Map<string, number[]>();
  ratios.set(name, found);
  for (const [side, figure] of figures)
    if (side !== 'plain') found.set(side, [...(found.get(side) ?? []), figure / (figures.get('plain') ?? Number.NaN)]);
}

/** Bytes of the whole images. */
async function sizes(sides: readonly Side[]): Promise<Map<string, number>> {
  const sizeOf = async (tag: string) => (await engine.docker.getImage(tag).inspect()).Size;
  const found = new Map<string, number>();
  for (const side of sides) found.set(side.name, await sizeOf(side.image));
  for (const [name, size] of found) process.stderr.write(`size, ${name}: ${(size / 2 ** 20).toFixed(0)} MiB\n`);
  return found;
}
