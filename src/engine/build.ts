import {chmod, constants, copyFile, mkdir, mkdtemp, readlink, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join, relative} from 'node:path';
import {createInterface} from 'node:readline';
import type {BuildPlan} from '../dockerfile/plan.js';
import {stagesOf, standingAlone} from '../dockerfile/stages.js';
import {buildSecrets} from '../environment/network.js';
import type {Source} from '../environment/source.js';
import {interrupted} from '../interrupt.js';
import {buildFailed, engineGone, notStarted} from './build-failures.js';
import type {BuildEvent} from './build-progress.js';
import {
  type Builder,
  type BuilderCall,
  type BuilderOptions,
  buildxBuild,
  builtImage,
  dockerfile,
  IGNORE_FILE,
  podmanBuild,
} from './builder.js';
import type {Engine} from './connect.js';
import {get} from './get.js';

export interface BuildOptions extends BuilderOptions {
  builder: Builder;
  signal: AbortSignal;
  onEvent(event: BuildEvent): void;
}

/**
 * Builds the plan's image. The tag exists only when the whole build succeeded; the temporary folder is
 * gone in every case. Throws `build_failed` with the failing step's last lines, `index_unreachable`, or `interrupted`.
 */
export async function build(engine: Engine, plan: BuildPlan, options: BuildOptions): Promise<void> {
  const begun = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-build-'));
  try {
    await writeContext(folder, plan, options);
    await run(engine, folder, plan, options);
    if (options.output === null) options.onEvent({type: 'built', tag: plan.tag, seconds: (Date.now() - begun) / 1000});
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

async function writeContext(folder: string, plan: BuildPlan, options: BuildOptions): Promise<void> {
  const files = [
    {path: 'Dockerfile', text: plan.dockerfile},
    {path: IGNORE_FILE, text: ignored(folder)},
    ...plan.context.map(file => ({path: join('context', file.path), text: file.text})),
    ...writtenSecrets(options).map(({id, text}) => ({path: join('secrets', id), text})),
  ];
  await mkdir(join(folder, 'context'));
  if (plan.source !== null) await copySource(plan.source, join(folder, 'context'));
  for (const {path, text} of files) {
    await mkdir(dirname(join(folder, path)), {recursive: true});
    // An index URL may hold a password.
    await writeFile(join(folder, path), text, {mode: 0o600});
  }
}

/**
 * The context holds only what is copied: the project's own .dockerignore has been obeyed, and does not speak of the files that
 * the image is made from. Podman's client sends the Dockerfile and all secrets among the context's files, under their own
 * paths: `COPY .` must not find them.
 */
const ignored = (folder: string): string => `${relative('/', folder)}\n`;

/** Podman takes secrets from files alone: its service does not see the variables of its client. */
function writtenSecrets({network, access, builder}: BuildOptions): {id: string; text: string}[] {
  const variables =
    builder.kind === 'podman' ? access.secrets.flatMap(secret => ('env' in secret ? [secret] : [])) : [];
  return [...buildSecrets(network), ...variables.map(({id, env}) => ({id, text: process.env[env] ?? ''}))];
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

const run = (engine: Engine, folder: string, plan: BuildPlan, options: BuildOptions): Promise<void> =>
  options.builder.kind === 'podman'
    ? runStages(engine, folder, plan, options)
    : follow(engine, folder, buildxBuild(engine, folder, plan, options), options);

/**
 * Each stage by a call of its own. In one call, Podman's service may end with all that it does when a stage fails while
 * another waits (podman-container-tools/buildah#7091), and 4.3 mounts nothing of a stage that it has from its cache.
 */
async function runStages(engine: Engine, folder: string, plan: BuildPlan, options: BuildOptions): Promise<void> {
  const images = new Map<string, string>();
  const stages = stagesOf(plan.dockerfile);
  for (const stage of stages) {
    const {name} = stage;
    await writeFile(dockerfile(folder), standingAlone(stage, images));
    const lone = {name, images, last: stage === stages.at(-1)};
    await follow(engine, folder, podmanBuild(engine, folder, plan, lone, options), options);
    images.set(name, await builtImage(folder));
  }
}

async function follow(engine: Engine, folder: string, call: BuilderCall, options: BuildOptions): Promise<void> {
  const {execa} = await import('execa');
  const {builder} = options;
  const {args, env, stdout, progress} = call;
  const child = execa(builder.program, args, {
    // The caller's own folder may be one that it cannot enter: under it nothing could be started.
    cwd: folder,
    env,
    reject: false,
    stdin: 'ignore',
    stdout: stdout ? 'pipe' : 'ignore',
    all: true,
    buffer: false,
    // A builder cancels the running step and leaves nothing behind when it is asked by SIGINT.
    killSignal: 'SIGINT',
    forceKillAfterDelay: 10_000,
    // A Ctrl-C reaches the whole process group of a terminal: it must be stopped once, by us.
    detached: true,
    cancelSignal: options.signal,
  });
  for await (const line of createInterface({input: child.all, crlfDelay: Number.POSITIVE_INFINITY}))
    for (const event of progress.read(line)) options.onEvent(event);
  const {exitCode, message} = await child;
  if (options.signal.aborted) throw interrupted('the build');
  if (exitCode === undefined && message !== undefined) throw notStarted(builder, message);
  if (exitCode !== 0) throw (await answers(engine)) ? await buildFailed(progress) : engineGone(progress, engine.kind);
  for (const event of progress.end()) options.onEvent(event);
}

const answers = async ({endpoint}: Engine): Promise<boolean> =>
  (await get(endpoint, '/version', 10_000)).status === 'ok';
