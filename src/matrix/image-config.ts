import {minorOf} from './dotted.js';
import {type CompiledCode, type ImageFacts, type Requirements, undescribedImage} from './image-facts.js';

/** What an image says of itself, in its registry or in the engine. */
export interface ImageConfig {
  /** `amd64` */
  architecture: string;
  os: string;
  /** `NAME=value` */
  env: readonly string[];
  labels: Readonly<Record<string, string>>;
}

export type Env = ReadonlyMap<string, string>;

/** Frameworks that are compiled with the very toolkit that `CUDA_VERSION` names; others bring a CUDA of their own. */
const OWN_TOOLKIT = new Set(['pytorch', 'cuda', 'base', 'jax', 'triton']);

/**
 * The facts of an image after its config was read: what the config says holds, what it leaves out stands in the matrix.
 * Where they contradict each other the matrix describes another image, and of it nothing but the name is kept.
 */
export function describedBy(config: ImageConfig, known: ImageFacts, platforms: readonly string[]): ImageFacts {
  const env = variablesOf(config);
  const contradiction = contradicts(env, known);
  const facts = contradiction === null ? known : nameOf(known);
  const cuda = cudaIn(env);
  const framework = facts.framework ?? frameworkIn(env);
  return {
    ...facts,
    described: true,
    contradiction,
    framework,
    version: facts.version ?? versionIn(env, framework),
    os: facts.os ?? osIn(config.labels),
    gpu: facts.gpu ?? (isForGpus(env) ? true : null),
    cuda: facts.cuda.length > 0 || cuda === null ? facts.cuda : [cuda],
    platforms,
    code: facts.code.length === 0 && isNgcPyTorch({...facts, framework}) ? codeIn(env) : facts.code,
    requires: requiresIn(env),
    requireDisabled: TRUE.has(env.get('NVIDIA_DISABLE_REQUIRE') ?? ''),
    cudaCompat: facts.cudaCompat ?? (env.has('NV_CUDA_COMPAT_PACKAGE') ? true : null),
    evidence: facts.evidence ?? 'config',
  };
}

export const variablesOf = ({env}: Pick<ImageConfig, 'env'>): Env => new Map(env.map(splitVariable));

function splitVariable(line: string): [string, string] {
  const at = line.indexOf('=');
  return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

/** As Go's `strconv.ParseBool` has it. */
const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);

const nameOf = ({reference, repository, tag, digest, publisher}: ImageFacts): ImageFacts =>
  undescribedImage(reference, {repository, tag, digest, publisher});

/** Where the config and the matrix cannot both be right, in words. */
export function contradicts(env: Env, {framework, version, cuda}: ImageFacts): string | null {
  const own = cudaIn(env);
  if (own !== null && cuda.length > 0 && OWN_TOOLKIT.has(framework ?? '')) {
    const same = cuda.some(known => minorOf(known) === minorOf(own));
    if (!same) return `its config says CUDA ${own}, the matrix ${cuda.join(', ')}`;
  }
  const said = versionIn(env, framework);
  if (said === null || version === null || releaseOf(said) === releaseOf(version)) return null;
  return `its config says ${framework} ${said}, the matrix ${version}`;
}

/** `2.14.0` of `2.14.0a0+b2c75dd062`. */
const releaseOf = (version: string): string => /^\d{1,5}(?:\.\d{1,5}){0,3}/.exec(version)?.[0] ?? version;

export function cudaIn(env: Env): string | null {
  return /^(\d{1,2}\.\d{1,2}(?:\.\d{1,4})?)(?:\.\d{1,5})?$/.exec(env.get('CUDA_VERSION') ?? '')?.[1] ?? null;
}

/** The variable that says a framework's version, in the images of its publisher. */
const VERSIONS: Record<string, string> = {
  pytorch: 'PYTORCH_VERSION',
  tensorflow: 'TENSORFLOW_VERSION',
  triton: 'TRITON_SERVER_VERSION',
  jax: 'JAX_VERSION',
};

const frameworkIn = (env: Env): string | null =>
  Object.keys(VERSIONS).find(framework => env.has(VERSIONS[framework] ?? '')) ?? null;

export function versionIn(env: Env, framework: string | null): string | null {
  const said = env.get(VERSIONS[framework ?? ''] ?? '') ?? '';
  return /^\d{1,5}(?:\.\d{1,5}){1,3}[\w.+-]{0,60}$/.test(said) ? said : null;
}

/** Ubuntu's own images name themselves so, and what is built on them inherits it. */
export function osIn(labels: ImageConfig['labels']): string | null {
  const version = labels['org.opencontainers.image.version'] ?? '';
  const isUbuntu = labels['org.opencontainers.image.ref.name'] === 'ubuntu' && /^\d\d\.\d\d$/.test(version);
  return isUbuntu ? `ubuntu${version}` : null;
}

/** The container toolkit hands GPUs to images that ask in one of these ways (container-toolkit, internal/config/image). */
export function isForGpus(env: Env): boolean {
  const devices = env.get('NVIDIA_VISIBLE_DEVICES') ?? 'void';
  return env.has('CUDA_VERSION') || env.has('NVIDIA_REQUIRE_CUDA') || !['', 'void', 'none'].includes(devices);
}

/** As the container toolkit collects them; an image from before the variable is held to its CUDA (same source). */
export function requiresIn(env: Env): Requirements | null {
  const named = [...env].filter(([name]) => /^NVIDIA_REQUIRE_(?!JETPACK)/.test(name));
  const cuda = cudaIn(env);
  const legacy = cuda !== null && (env.get('NVIDIA_REQUIRE_CUDA') ?? '') === '';
  // Linux hands no longer variable to a program, so in a container it could not be (MAX_ARG_STRLEN).
  if (named.some(([, text]) => text.length > 131_072)) return null;
  const texts = named.map(([, text]) => text.trim()).filter(text => text !== '');
  return {texts: legacy ? [...texts, `cuda>=${minorOf(cuda)}`] : texts, complete: true, arch: null};
}

/** NVIDIA's own images say what their PyTorch was compiled for; in others the variable is for what users compile. */
const isNgcPyTorch = ({publisher, repository, framework}: ImageFacts): boolean =>
  publisher === 'ngc' && framework === 'pytorch' && (repository?.startsWith('nvcr.io/nvidia/') ?? false);

function codeIn(env: Env): CompiledCode[] {
  const list = (env.get('TORCH_CUDA_ARCH_LIST') ?? '').split(/[ ;]/).filter(word => word !== '');
  const targets = list.map(word => /^(\d{1,2}\.\d[af]?)(\+PTX)?$/.exec(word));
  if (targets.length === 0 || targets.includes(null)) return [];
  const named = targets.flatMap(target => (target?.[1] === undefined ? [] : [{cc: target[1], ptx: target[2]}]));
  return [
    {
      program: 'pytorch',
      sass: named.map(({cc}) => cc),
      sassArm64: null,
      ptx: named.filter(({ptx}) => ptx !== undefined).map(({cc}) => cc),
      ptxRefusedFrom: null,
      ptxRefusedBelow: null,
      ptxUnprovenFrom: null,
      ptxOnlyFrom: null,
      fails: null,
      inferred: true,
      source: 'TORCH_CUDA_ARCH_LIST of the image',
    },
  ];
}
