import type {Application} from '../environment/application.js';
import type {Lock} from '../environment/lock.js';
import type {Project} from '../environment/project.js';
import type {Requirement} from '../environment/requirement.js';
import type {Source} from '../environment/source.js';
import type {Base} from './base.js';
import type {Target} from './target.js';

/** Where Python packages come from: an index (with which build of PyTorch), conda's channels, or the distribution. */
export type PackageSource = 'index' | 'index-cpu' | 'conda' | 'distribution';

/** What `resolve` does with an earlier lock's versions: keeps them where it can, or takes the newest of these packages. */
export interface Upgrade {
  preferred: boolean;
  /** Names; null: all of them. */
  packages: readonly string[] | null;
}

/** The parts of the Dockerfile, by name: texts of templates/dockerfile. */
export type Templates = Readonly<Record<string, string>>;

/** What decides the text of a Dockerfile. */
export interface DockerfileQuestion {
  project: Project;
  base: Base;
  target: Target;
  /** The web application of a project that is to be served; null: there is none, or nobody looked. */
  application: Application | null;
  packages: PackageSource;
  /** Requirements that stand in no file of the build context. */
  requirements: readonly Requirement[];
  /** Compute capabilities to compile extensions for, e.g. `8.6`; empty: whatever the compiler finds. */
  architectures: readonly string[];
  /** Whether the secret `mirror` names where the distribution's packages come from. */
  aptMirror: boolean;
  /** Whether the secret `pytorch` names what stands in for PyTorch's own index. */
  pytorchMirror: boolean;
  /** Whether conda's settings name what stands in for its channels' own place. */
  condaMirror: boolean;
  /** The image that micromamba's program is taken from. */
  micromamba: string;
  /** The newest CUDA that the driver runs: conda sees no GPU in a build; null: not known. */
  cuda: string | null;
  /** `NAME=value`: the names stand in the Dockerfile. */
  buildArgs: readonly string[];
  /** Ids of the secrets that the caller gives to the build. */
  secrets: readonly string[];
  /** Exactly what to install; null: what the project's files ask for. */
  locked: Lock | null;
  /** Find out what would be installed, and install nothing; null: build the image. */
  resolve: Upgrade | null;
}

/** What decides a build. */
export interface BuildQuestion {
  project: Project;
  base: Base;
  packages: PackageSource;
  /** Id of the engine's copy of a base that the user names: its name may come to stand for another. Default: not known. */
  baseId?: string | null;
  /** Whether the image is meant for a GPU. */
  gpu: boolean;
  templates: Templates;
  /** Compute capabilities of the GPUs it is built for. */
  architectures: readonly string[];
  /** Names of those GPUs: known also where a launch looks too briefly to learn what they can compute. */
  gpuNames: readonly string[];
  /** Ids of the caller's own secrets. */
  secrets: readonly string[];
  /** Whether the distribution's packages come from a mirror, which the secret `mirror` names. Default: no. */
  aptMirror?: boolean;
  /** Whether the secret `pytorch` names what stands in for PyTorch's own index. Default: no. */
  pytorchMirror?: boolean;
  /** Whether conda's settings name what stands in for its channels' own place. Default: no. */
  condaMirror?: boolean;
  /** The image that micromamba's program is taken from. Default: the newest of its second version. */
  micromamba?: string;
  /** The newest CUDA that the driver runs, for conda. Default: not known. */
  cuda?: string | null;
  /** Variables of the steps that install, `NAME=value`. Default: none. */
  buildArgs?: readonly string[];
  /** `linux/arm64`; default: the engine's own. */
  platforms?: readonly string[];
  /** Default: `notebook`. */
  target?: Target;
  /** The project itself; null: the target mounts it. */
  source?: Source | null;
  application?: Application | null;
  /** Exactly what to install; default: what the project's files ask for. */
  locked?: Lock | null;
}
