import {OTHER_VERSIONS} from '../dockerfile/distribution.js';
import {EXIT, Failure} from '../failure.js';
import type {Progress} from './build-progress.js';
import type {Builder} from './builder.js';
import {knownFailure} from './known-failure.js';

/** What uv and pip print when an index does not answer at all; a package that does not exist reads differently. */
const INDEX_SILENT =
  /dns error|failed to lookup address|Temporary failure in name resolution|Name or service not known|tcp connect error|Connection refused|Network is unreachable|Failed to establish a new connection|operation timed out|Connect timeout|client error \(Connect\)/i;

/** What tells why an engine ended, and starts it again. */
const RESTART = {
  docker: 'sudo journalctl -u docker -n 50; sudo systemctl restart docker',
  podman: 'systemctl --user status podman; systemctl --user restart podman.socket (as root without --user)',
};

export const engineGone = ({words}: Progress, kind: keyof typeof RESTART): Failure =>
  new Failure({
    code: 'engine_gone',
    message: 'the engine ended, or stopped answering, while it built the image',
    cause: words.at(-1) ?? null,
    fix: `see why, and start it again: ${RESTART[kind]}; then the same command: finished steps are kept`,
    exit: EXIT.noEngine,
  });

export const notStarted = ({kind, program}: Builder, why: string): Failure =>
  new Failure({
    code: 'buildx_failed',
    message: `the image could not be built: ${kind} ended before it began, or was killed`,
    cause: why,
    fix: `see whether it runs: ${program} version`,
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

const otherVersions = (line: string): Failure =>
  new Failure({
    code: 'distribution_version',
    message: `the distribution has other versions than the project asks for${line.slice(OTHER_VERSIONS.length)}`,
    cause: "no Python index answered, so the distribution's own packages were tried: it has one version of each",
    fix: 'see whether the index answers, or name one that does as mirrors: {pip: URL} in gpudock.yaml; or ask for other versions',
  });

const cpuBuild = (line: string): Failure =>
  new Failure({
    code: 'framework_cpu_build',
    message: line.replace('gpudock: ', ''),
    cause: 'the index, or the line that names the package, gave a build without CUDA',
    fix: "take +cpu, or the CPU's index, out of the project's files; or build for the CPU: --gpus none",
  });

/** The step in which BuildKit asks the registry, or the engine's own store, for an image that the Dockerfile names. */
const LOOK = /^\[internal\] load metadata for (?:docker\.io\/)?(?:library\/)?(\S+)$/;

export const noImage = (image: string, error: string | undefined): Failure =>
  new Failure({
    code: 'base_unavailable',
    message: `an image that the build needs cannot be had: ${image}`,
    cause: error?.replace(/^.*failed to resolve source metadata for \S+ /, '') ?? null,
    fix: `see whether its registry answers, and whether you are logged in: docker pull ${image}`,
  });

export async function buildFailed(progress: Progress): Promise<Failure> {
  const error = progress.words
    .findLast(line => line.startsWith('ERROR:'))
    ?.slice('ERROR:'.length)
    // The step stands in the message already.
    .replace(/process ".*" did not complete/s, 'the step did not complete')
    .trim();
  const [, what] = /^(.{1,80}) is not supported for the docker driver/.exec(error ?? '') ?? [];
  if (what !== undefined) return unsupported(what);
  const cpu = progress.tail.find(line => line.startsWith(CPU_BUILD));
  if (cpu !== undefined) return cpuBuild(cpu);
  const versions = progress.tail.find(line => line.startsWith(OTHER_VERSIONS));
  if (versions !== undefined) return otherVersions(versions);
  const [, image] = LOOK.exec(progress.failedStep ?? '') ?? [];
  if (image !== undefined) return noImage(image, error);
  const known = await knownFailure(progress.tail);
  const unreachable = progress.tail.some(line => INDEX_SILENT.test(line));
  return new Failure({
    code: unreachable ? 'index_unreachable' : 'build_failed',
    message:
      progress.failedStep === null
        ? 'the image could not be built'
        : `this step of the build failed: ${short(progress.failedStep)}`,
    cause: known?.cause ?? refusal(progress.tail) ?? error ?? progress.words.at(-1) ?? 'the builder gave no reason',
    fix:
      known?.fix ??
      'read the lines above; correct the file that names the package, then run the same command again. For a shell in the state before that step: gpudock build --keep-failed',
    details: progress.tail.slice(-20),
  });
}

const STEP_WIDTH = 200;

/** The mounts are the same in all steps, and longer than what a step does. */
function short(step: string): string {
  const text = step.replace(/--mount=\S+\s*/g, '').replace(/\s+/g, ' ');
  return text.length > STEP_WIDTH ? `${text.slice(0, STEP_WIDTH - 1)}…` : text;
}

/** The line with which a tool ends in an error. */
const refusal = (lines: readonly string[]): string | undefined =>
  lines.findLast(line => /^(?:error|fatal|E): \S/i.test(line));
