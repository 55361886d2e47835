import {chmod, constants, copyFile, mkdir, mkdtemp, readlink, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import type {BuildPlan} from '../dockerfile/plan.js';
import type {BuildAccess} from '../environment/access.js';
import {buildSecrets, type Network} from '../environment/network.js';
import type {Source} from '../environment/source.js';
import {EXIT, Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {type BuildEvent, BuildProgress} from './build-progress.js';
import type {Engine} from './connect.js';
import {get} from './get.js';
import {knownFailure} from './known-failure.js';

export interface BuildOptions {
  buildx: string;
  network: Network;
  access: BuildAccess;
  signal: AbortSignal;
  onEvent(event: BuildEvent): void;
  /** A folder that gets the files of the last stage; null: it becomes the plan's image. */
  output: string | null;
}

/**
 * Builds the plan's image through BuildKit. The tag exists only when the whole build succeeded; the temporary folder is
 * gone in every case. Throws `build_failed` with the failing step's last lines, `index_unreachable`, or `interrupted`.
 */
export async function build(engine: Engine, plan: BuildPlan, options: BuildOptions): Promise<void> {
  const begun = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-build-'));
  try {
    await writeContext(folder, plan, options.network);
    await runBuildx(engine, folder, buildArguments(folder, plan, options), options);
    options.onEvent({type: 'built', tag: plan.tag, seconds: (Date.now() - begun) / 1000});
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

async function writeContext(folder: string, plan: BuildPlan, network: Network): Promise<void> {
  const files = [
    {path: 'Dockerfile', text: plan.dockerfile},
    ...plan.context.map(file => ({path: join('context', file.path), text: file.text})),
    ...buildSecrets(network).map(({id, text}) => ({path: join('secrets', id), text})),
  ];
  await mkdir(join(folder, 'context'));
  if (plan.source !== null) await copySource(plan.source, join(folder, 'context'));
  for (const {path, text} of files) {
    await mkdir(dirname(join(folder, path)), {recursive: true});
    // An index URL may hold a password.
    await writeFile(join(folder, path), text, {mode: 0o600});
  }
}

/** Readable for whoever runs the image, whatever the modes are here. */
async function copySource({dir, files}: Source, context: string): Promise<void> {
  for (const {path, kind, executable} of files) {
    const target = join(context, path);
    await mkdir(dirname(target), {recursive: true});
    if (kind === 'link') await symlink(await readlink(join(dir, path)), target);
    else {
      await copyFile(join(dir, path), target, constants.COPYFILE_FICLONE);
      await chmod(target, executable ? 0o755 : 0o644);
    }
  }
}

/** The arguments of buildx. Proxies are predefined build arguments: BuildKit leaves them out of the image's history. */
function buildArguments(folder: string, plan: BuildPlan, {network, access, output}: BuildOptions): string[] {
  const secrets = [
    ...buildSecrets(network).map(({id}) => `id=${id},src=${join(folder, 'secrets', id)}`),
    ...(network.certificates === null ? [] : [`id=ca,src=${network.certificates}`]),
    ...access.secrets.map(secret => `id=${secret.id},${'env' in secret ? `env=${secret.env}` : `src=${secret.src}`}`),
  ];
  return [
    'build',
    '--progress=rawjson',
    '--provenance=false',
    `--file=${join(folder, 'Dockerfile')}`,
    ...(output === null
      ? [`--tag=${plan.tag}`, ...Object.entries(plan.labels).map(([key, value]) => `--label=${key}=${value}`)]
      : [`--output=type=local,dest=${output}`]),
    ...(plan.ssh || access.ssh !== null ? [`--ssh=${access.ssh ?? 'default'}`] : []),
    ...(access.platforms.length === 0 ? [] : [`--platform=${access.platforms.join(',')}`]),
    ...access.cacheFrom.map(cache => `--cache-from=${cache}`),
    ...access.cacheTo.map(cache => `--cache-to=${cache}`),
    ...secrets.map(secret => `--secret=${secret}`),
    ...access.buildArgs.map(text => `--build-arg=${text}`),
    ...Object.keys(network.proxies).map(name => `--build-arg=${name}`),
    join(folder, 'context'),
  ];
}

async function runBuildx(engine: Engine, folder: string, args: string[], options: BuildOptions): Promise<void> {
  const {execa} = await import('execa');
  const progress = new BuildProgress();
  const child = execa(options.buildx, args, {
    // The caller's own folder may be one that it cannot enter: under it nothing could be started.
    cwd: folder,
    env: {DOCKER_HOST: engine.address, ...tls(engine), BUILDX_BUILDER: 'default', DOCKER_CONTEXT: ''},
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
    buffer: false,
    // buildx cancels the running step and leaves nothing behind when it is asked by SIGINT.
    killSignal: 'SIGINT',
    forceKillAfterDelay: 10_000,
    // A Ctrl-C reaches the whole process group of a terminal: buildx must be stopped once, by us.
    detached: true,
    cancelSignal: options.signal,
  });
  for await (const line of createInterface({input: child.stderr, crlfDelay: Number.POSITIVE_INFINITY}))
    for (const event of progress.read(line)) options.onEvent(event);
  const {exitCode, message} = await child;
  if (options.signal.aborted) throw interrupted('the build');
  if (exitCode === undefined && message !== undefined) throw notStarted(options.buildx, message);
  if (exitCode !== 0) throw (await answers(engine)) ? await buildFailed(progress) : engineGone(progress);
}

/** What uv and pip print when an index does not answer at all; a package that does not exist reads differently. */
const INDEX_SILENT =
  /dns error|failed to lookup address|Temporary failure in name resolution|Name or service not known|tcp connect error|Connection refused|Network is unreachable|Failed to establish a new connection|operation timed out|Connect timeout|client error \(Connect\)/i;

const tls = ({endpoint}: Engine): Record<string, string> =>
  endpoint.certificates === null ? {} : {DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: endpoint.certificates};

const answers = async ({endpoint}: Engine): Promise<boolean> =>
  (await get(endpoint, '/version', 10_000)).status === 'ok';

const engineGone = ({words}: BuildProgress): Failure =>
  new Failure({
    code: 'engine_gone',
    message: 'the engine ended, or stopped answering, while it built the image',
    cause: words.at(-1) ?? null,
    fix: 'see why, and start it again: sudo journalctl -u docker -n 50; sudo systemctl restart docker; then the same command: finished steps are kept',
    exit: EXIT.noEngine,
  });

const notStarted = (buildx: string, why: string): Failure =>
  new Failure({
    code: 'buildx_failed',
    message: 'the image could not be built: buildx ended before it began, or was killed',
    cause: why,
    fix: `see whether it runs: ${buildx} version`,
  });

/** What buildx's own driver, which is the engine itself, can only where the engine keeps images in containerd's store. */
const unsupported = (what: string): Failure =>
  new Failure({
    code: 'build_unsupported',
    message: `this engine's builder cannot do that: ${what}`,
    cause: "several platforms and caches other than type=inline need containerd's image store",
    fix: 'set {"features": {"containerd-snapshotter": true}} in /etc/docker/daemon.json and restart docker; or leave out --platform, or --cache-to',
  });

/** How the check that the Dockerfile makes begins its refusal (src/dockerfile/render.ts). */
const CPU_BUILD = 'gpudock: this is a CPU build';

const cpuBuild = (line: string): Failure =>
  new Failure({
    code: 'framework_cpu_build',
    message: line.replace('gpudock: ', ''),
    cause: 'the index, or the line that names the package, gave a build without CUDA',
    fix: "take +cpu, or the CPU's index, out of the project's files; or build for the CPU: --gpus none",
  });

async function buildFailed(progress: BuildProgress): Promise<Failure> {
  const error = progress.words
    .findLast(line => line.startsWith('ERROR:'))
    ?.slice('ERROR:'.length)
    .trim();
  const [, what] = /^(.{1,80}) is not supported for the docker driver/.exec(error ?? '') ?? [];
  if (what !== undefined) return unsupported(what);
  const cpu = progress.tail.find(line => line.startsWith(CPU_BUILD));
  if (cpu !== undefined) return cpuBuild(cpu);
  const known = await knownFailure(progress.tail);
  const unreachable = progress.tail.some(line => INDEX_SILENT.test(line));
  return new Failure({
    code: unreachable ? 'index_unreachable' : 'build_failed',
    message:
      progress.failedStep === null
        ? 'the image could not be built'
        : `this step of the build failed: ${progress.failedStep}`,
    cause: known?.cause ?? error ?? progress.words.at(-1) ?? 'buildx gave no reason',
    fix:
      known?.fix ??
      'read the lines above; correct the file that names the package, then run the same command again. For a shell in the state before that step: gpudock build --keep-failed',
    details: progress.tail.slice(-20),
  });
}
