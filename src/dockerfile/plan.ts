import {createHash} from 'node:crypto';
import type {Decision} from '../contract/launch.js';
import type {Application} from '../environment/application.js';
import type {Lock} from '../environment/lock.js';
import {lockedLines} from '../environment/locked-lines.js';
import type {Project, ProjectFile} from '../environment/project.js';
import type {Requirement} from '../environment/requirement.js';
import type {Source} from '../environment/source.js';
import {LABEL} from '../labels.js';
import type {Base} from './base.js';
import {LOCKED} from './installs.js';
import {needsSsh, renderDockerfile} from './render.js';
import {PREFERRED, type Upgrade} from './resolve.js';
import type {Target} from './target.js';

/** Where Python packages come from: an index (with which build of PyTorch), or the distribution. */
export type PackageSource = 'index' | 'index-cpu' | 'distribution';

/** Exactly what will be built. */
export interface BuildPlan {
  /** `gpudock/NAME:HASH`; the hash covers everything that the image is made from. */
  tag: string;
  base: Base;
  packages: PackageSource;
  dockerfile: string;
  /** Files of the build context, besides the Dockerfile and the project itself. */
  context: ProjectFile[];
  /** The project itself, where it is in the image; null: it is mounted. */
  source: Source | null;
  /** Whether a step needs the caller's ssh agent. */
  ssh: boolean;
  labels: Record<string, string>;
  decisions: Decision[];
}

export interface BuildQuestion {
  project: Project;
  base: Base;
  packages: PackageSource;
  /** Whether the image is meant for a GPU. */
  gpu: boolean;
  /** Text of templates/Dockerfile.eta. */
  template: string;
  /** Compute capabilities of the GPUs it is built for. */
  architectures: readonly string[];
  /** Names of those GPUs: known also where a launch looks too briefly to learn what they can compute. */
  gpuNames: readonly string[];
  /** Ids of the caller's own secrets. */
  secrets: readonly string[];
  /** Whether the distribution's packages come from a mirror, which the secret `mirror` names. Default: no. */
  aptMirror?: boolean;
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

/** The build of one project on one base. Same question, same bytes. */
export function planBuild(question: BuildQuestion): BuildPlan {
  const {
    project,
    base,
    packages,
    target = 'notebook',
    source = null,
    locked = null,
    platforms = [],
    buildArgs = [],
  } = question;
  const dockerfile = rendered(question, null);
  const context = locked === null ? project.files : lockedFiles(locked);
  const files = context.flatMap(file => [file.path, file.text]);
  const tag = `gpudock/${project.name}:${digest([project.dir, dockerfile, ...files, source?.digest ?? '', ...platforms, ...buildArgs])}`;
  return {
    tag,
    base,
    packages,
    dockerfile,
    context,
    source,
    ssh: needsSsh(project),
    labels: {
      [LABEL.project]: project.dir,
      [LABEL.inputs]: projectInputs(question),
      [LABEL.base]: base.image,
      [LABEL.packages]: packages,
      [LABEL.purpose]: target,
    },
    decisions: decisions(question),
  };
}

/**
 * The build whose result is not an image but what would be in one: files that `readResolved` understands. `preferred`: an
 * earlier lock, whose versions are kept where the upgrade does not say otherwise.
 */
export function planResolution(
  question: BuildQuestion,
  preferred: Lock | null,
  packages: Upgrade['packages'],
): BuildPlan {
  const plan = planBuild(question);
  const dockerfile = rendered(question, {preferred: preferred !== null, packages});
  const stated =
    question.base.kind === 'framework' || question.base.kind === 'custom'
      ? plan.context.map(withoutHashes)
      : plan.context;
  const text = preferred === null ? null : lockedLines(preferred.python);
  return {...plan, dockerfile, source: null, context: [...stated, ...(text === null ? [] : [{path: PREFERRED, text}])]};
}

/** pip asks for a hash of every package where one has one, also of those that nobody could know yet. */
const withoutHashes = ({path, text}: ProjectFile): ProjectFile => ({
  path,
  text: text.replace(/[ \t]--hash[= ]\S+/g, ''),
});

function rendered(question: BuildQuestion, resolve: Upgrade | null): string {
  const {project, template, target = 'notebook', application = null, locked = null} = question;
  const {aptMirror = false, buildArgs = []} = question;
  const stated = {...question, target, application, locked, aptMirror, buildArgs};
  return renderDockerfile(template, {...stated, resolve, requirements: listed(project)});
}

const lockedFiles = ({python}: Lock): ProjectFile[] =>
  [
    {path: LOCKED.hashed, packages: python.filter(({hashes}) => hashes.length > 0)},
    {path: LOCKED.named, packages: python.filter(({hashes}) => hashes.length === 0)},
  ].flatMap(({path, packages}) => (packages.length === 0 ? [] : [{path, text: lockedLines(packages)}]));

/** Raised when the same question gives another Dockerfile: what an older renderer built is then not used again. */
export const RENDERER = 5;

type Inputs = Pick<
  BuildQuestion,
  | 'project'
  | 'gpu'
  | 'template'
  | 'gpuNames'
  | 'target'
  | 'source'
  | 'locked'
  | 'platforms'
  | 'buildArgs'
  | 'application'
>;

/** What the project itself puts in, whatever base is chosen: an image with the same inputs need not be built again. */
export const projectInputs = ({
  project,
  gpu,
  template,
  gpuNames,
  target,
  source,
  locked,
  platforms,
  buildArgs,
  application,
}: Inputs): string => {
  const {name, dir, files, requirements, python, apt} = project;
  // These are of the launch alone, and mirrors of the machine.
  const {port: _port, data: _data, mirrors: _mirrors, ...settings} = project.settings;
  const stated = locked ?? {settings, files, requirements, python, apt, gpu};
  const compiledFor = gpu ? [...new Set(gpuNames)].sort() : [];
  const own = [
    target ?? 'notebook',
    source?.digest ?? null,
    platforms ?? [],
    buildArgs ?? [],
    target === 'serve' ? application : null,
  ];
  return digest([JSON.stringify([name, dir, stated, compiledFor, own, RENDERER]), template]);
};

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);

/** Requirements that no file of the context holds: from a conda file, or from gpudock.yaml. */
const listed = (project: Project): Requirement[] =>
  project.requirements.filter(
    ({from}) => !project.files.some(file => from === file.path || from.startsWith(`${file.path}:`)),
  );

function decisions({project, base, packages, target = 'notebook', locked}: BuildQuestion): Decision[] {
  const source = {
    index: {value: 'package index', why: 'the configured Python index, else PyPI'},
    'index-cpu': {
      value: 'package index, CPU build of PyTorch',
      why: 'no GPU will be used; the CPU build is a tenth of the size',
    },
    distribution: {value: "the distribution's own packages", why: 'no Python index answered'},
  }[packages];
  return [
    {setting: 'base', value: base.image, why: base.why},
    {setting: 'packages', ...source},
    ...(target === 'notebook' ? [] : [{setting: 'target', value: target, why: 'asked for'}]),
    ...(locked === null || locked === undefined
      ? []
      : [{setting: 'versions', value: 'gpudock.lock', why: 'asked for'}]),
    ...project.notes.map(why => ({setting: 'files', value: project.kind, why})),
  ];
}
