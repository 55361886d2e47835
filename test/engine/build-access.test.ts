import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {engineGetter} from '../../src/engine/get.js';
import {readNetwork} from '../../src/environment/network.js';
import {liveWorld} from '../../src/world/live.js';
import {BuildBench} from '../lab/build.js';
import {ended, gpudock} from '../lab/gpudock.js';
import {gatewayOf, type Mirror, startMirror} from '../lab/mirror.js';
import {startSshd} from '../lab/sshd.js';

let bench: BuildBench;
let settings: string;
const JOB = ['--target', 'job'];

beforeAll(async () => {
  bench = await BuildBench.open();
  settings = await mkdtemp(join(tmpdir(), 'gpudock-settings-'));
});
afterAll(async () => {
  await bench.end();
  await rm(settings, {recursive: true, force: true});
});

describe('mirrors of the user', () => {
  let mirror: Mirror;
  const PLACES = {pip: '/simple', apt: '', pytorch: '/whl', conda: '/conda'};
  const asks = async (key: keyof typeof PLACES, files: Record<string, string>) => {
    const mirrors = {[key]: `${mirror.url}${PLACES[key]}`};
    await mkdir(join(settings, 'gpudock'), {recursive: true});
    await writeFile(join(settings, 'gpudock/config.yaml'), JSON.stringify({mirrors}));
    const folder = await bench.project(files);
    return gpudock(bench.lab, ['build', folder, '--gpus', 'none', ...JOB], {env: {XDG_CONFIG_HOME: settings}});
  };

  beforeAll(async () => {
    const {index} = await readNetwork(liveWorld(engineGetter));
    mirror = await startMirror(bench, index?.replace(/\/$/, '') ?? null);
    await bench.standIn('mambaorg/micromamba:2', MICROMAMBA);
  });
  afterAll(() => mirror.end());

  // Both ask for what no build before has asked for: else nothing would be fetched.
  test('reach pip and uv', async () => {
    const image = ended(await asks('pip', {'requirements.txt': `packaging==24.1 # ${mirror.url}\n`})).stdout.trim();
    expect([...mirror.asked]).toContain('/simple/packaging/');
    expect(await bench.output(image, ['cat', '/opt/venv/packages.txt'])).toContain('packaging==24.1');
  }, 300_000);

  test("stand for PyTorch's own index, and for nothing else", async () => {
    const wheel = 'torch-99.0%2Bcpu-py3-none-any.whl';
    mirror.own.set('/whl/cpu/torch/', `<a href="../${wheel}">${wheel}</a>`);
    mirror.own.set(`/whl/cpu/${wheel}`, await standInWheel());
    const files = {'requirements.txt': `torch\nhumanize # ${mirror.url}\n`};
    const image = ended(await asks('pytorch', files)).stdout.trim();
    expect(await bench.output(image, ['cat', '/opt/venv/packages.txt'])).toMatch(/^torch==99.0\+cpu$/m);
    expect([...mirror.asked].filter(path => path.startsWith('/whl/'))).toContain(`/whl/cpu/${wheel}`);
    expect(JSON.stringify(await bench.engine.docker.getImage(image).history())).not.toContain(mirror.url);
  }, 300_000);

  test('are where conda looks; what it downloads is downloaded once', async () => {
    // No cache has it from a run before.
    const program = `r-${mirror.url.replace(/\D/g, '')}`;
    const file = `/conda/conda-forge/noarch/${program}.conda`;
    mirror.own.set(file, '#!/bin/sh\necho of the channel\n');
    const files = {'environment.yml': `channels: [conda-forge]\ndependencies:\n  - ${program}\n`, 'main.py': ''};
    const image = ended(await asks('conda', files)).stdout.trim();
    expect(await bench.output(image, [program])).toBe('of the channel\n');
    expect([...mirror.asked]).toContain(file);
    mirror.asked.clear();
    ended(await asks('conda', {...files, 'environment.yml': `${files['environment.yml']}  # again\n`}));
    expect([...mirror.asked].filter(path => path.startsWith('/conda/'))).toEqual([]);
  }, 300_000);

  test('stand in no lock: it names the files of the channels themselves, and a file that is another now is refused', async () => {
    const program = `r-locked-${mirror.url.replace(/\D/g, '')}`;
    const file = `/conda/conda-forge/noarch/${program}.conda`;
    mirror.own.set(file, '#!/bin/sh\necho of the lock\n');
    const folder = await bench.project({
      'environment.yml': `channels: [conda-forge]\ndependencies:\n  - ${program}\n  - pip: [packaging==24.2]\n`,
      'gpudock.yaml': `mirrors: {conda: "${mirror.url}/conda"}\n`,
      'main.py': '',
    });
    ended(await gpudock(bench.lab, ['lock', folder, '--gpus', 'none', ...JOB]));
    const lock = await readFile(join(folder, 'gpudock.lock'), 'utf8');
    expect(lock).toContain(`"https://conda.anaconda.org/conda-forge/noarch/${program}.conda"`);
    const image = await bench.built(folder, ['--locked']);
    expect(await bench.output(image, ['sh', '-c', `${program}; cat /opt/venv/packages.txt`])).toMatch(
      /^of the lock\n[\s\S]*^packaging==24.2$/m,
    );
    await writeFile(
      join(folder, 'gpudock.lock'),
      lock.replace(/"sha256": "[0-9a-f]{64}"/, `"sha256": "${'0'.repeat(64)}"`),
    );
    const {exit, stdout} = await gpudock(bench.lab, ['build', folder, '--locked', '--json']);
    expect([exit, JSON.parse(stdout).error]).toMatchObject([
      1,
      {code: 'locked_gone', message: expect.stringContaining(program)},
    ]);
  }, 300_000);

  test('reach apt, which looks nowhere else', async () => {
    const none = `no-package-of-${mirror.url.replace(/\D/g, '')}`;
    const {exit, stderr} = await asks('apt', {'apt.txt': `${none}\n`});
    expect(exit).toBe(1);
    expect(stderr).toContain(none);
    expect([...mirror.asked].some(path => /^\/debian\/dists\/\S+\/InRelease$/.test(path))).toBe(true);
  }, 300_000);
});

test.each([
  ['a platform that the base is not there for', ['--platform', 'linux/arm64'], 'platform_missing'],
  ['a cache that this builder cannot keep', ['--cache-to', 'type=local,dest=/nowhere'], 'build_unsupported'],
])(
  '%s: said, and no image is made',
  async (_, args, code) => {
    const folder = await bench.project({'main.py': ''});
    const {exit, stdout} = await gpudock(bench.lab, ['build', folder, '--gpus', 'none', ...JOB, ...args, '--json']);
    expect([exit, JSON.parse(stdout).error.code]).toEqual([1, code]);
    const filters = {label: [`gpudock.project=${folder}`]};
    expect(await bench.engine.docker.listImages({filters})).toEqual([]);
  },
  60_000,
);

test('a private repository is reached with the key that --ssh lends, and built with --build-arg', async () => {
  const server = await startSshd(await gatewayOf(bench));
  const repository = await makeRepository();
  try {
    const url = `git+ssh://root@${await gatewayOf(bench)}:${server.port}${repository}`;
    const folder = await bench.project({'requirements.txt': `ours @ ${url}\n`});
    const args = [...JOB, '--build-arg', 'OURS_VERSION=4.7.11', '--ssh', `default=${server.key}`];
    const image = await bench.built(folder, args);
    const version = ['python', '-c', 'import importlib.metadata as m; print(m.version("ours"))'];
    expect(await bench.output(image, version)).toBe('4.7.11\n');
    const facts = bench.engine.docker.getImage(image);
    const key = (await readFile(server.key, 'utf8')).split('\n')[1] ?? 'no key';
    expect(JSON.stringify([await facts.inspect(), await facts.history()])).not.toContain(key);
    const {stdout, exit} = await gpudock(bench.lab, ['build', folder, '--gpus', 'none', '--json'], {
      env: {SSH_AUTH_SOCK: undefined},
    });
    expect(exit).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({code: 'ssh_agent_missing'});
  } finally {
    await server.end();
    await rm(repository, {recursive: true, force: true});
  }
}, 300_000);

/** Of PyTorch, in name and version alone. */
async function standInWheel(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-wheel-'));
  try {
    const facts = 'torch-99.0+cpu.dist-info';
    await mkdir(join(folder, facts));
    await writeFile(join(folder, 'torch.py'), '');
    await writeFile(join(folder, facts, 'METADATA'), 'Metadata-Version: 2.1\nName: torch\nVersion: 99.0+cpu\n');
    await writeFile(join(folder, facts, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n');
    await writeFile(join(folder, facts, 'RECORD'), '');
    await promisify(execFile)('python3', ['-m', 'zipfile', '-c', 'wheel.zip', 'torch.py', facts], {cwd: folder});
    return await readFile(join(folder, 'wheel.zip'));
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

/**
 * A stand-in that is called as micromamba 2.8 is, and answers as that does: it fetches a program from the channel, once, and
 * makes a virtual environment; says what it would link; takes an explicit list.
 */
const MICROMAMBA = `#!/usr/bin/env python3
import hashlib, json, os, pathlib, re, subprocess, sys, urllib.request
given = dict(zip(sys.argv[1:], sys.argv[2:]))
alias = re.search("channel_alias: (.*)", open("/etc/conda/.condarc").read())[1]
wanted = open(given["--file"]).read()
if wanted.startswith("@EXPLICIT"):
    url, digest = wanted.split()[1].split("#sha256:")
else:
    channel, name = re.search(r"channels:[^a-z]*([a-z-]*)", wanted)[1], re.search("  - (r-.*)", wanted)[1]
    url, digest = f"{alias}/{channel}/noarch/{name}.conda", None
name = url.rsplit("/", 1)[1].removesuffix(".conda")
kept = pathlib.Path(os.environ["MAMBA_ROOT_PREFIX"], "pkgs", name)
if not kept.exists():
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(urllib.request.urlopen(url).read())
sha256 = hashlib.sha256(kept.read_bytes()).hexdigest()
if digest not in (None, sha256):
    sys.exit(f"{name}.conda tarball has incorrect SHA256")
if "--json" in sys.argv:
    print(json.dumps({"actions": {"LINK": [{"name": name, "version": "1", "url": url, "sha256": sha256}]}}))
if "--dry-run" not in sys.argv:
    subprocess.run(["python3", "-m", "venv", given["--prefix"]], check=True)
    program = pathlib.Path(given["--prefix"], "bin", name)
    program.write_bytes(kept.read_bytes())
    program.chmod(0o755)
`;

/** A package in a git repository; its version is what the build is told. */
async function makeRepository(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-repository-'));
  await writeFile(join(folder, 'ours.py'), '');
  await writeFile(
    join(folder, 'setup.py'),
    'import os\nfrom setuptools import setup\nsetup(name="ours", version=os.environ["OURS_VERSION"], py_modules=["ours"])\n',
  );
  const git = (...words: string[]) => promisify(execFile)('git', ['-C', folder, ...words]);
  await git('init', '--quiet');
  await git('add', '.');
  await git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--quiet', '--message', 'first');
  return folder;
}
