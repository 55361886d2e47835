import type {Decision} from '../contract/launch.js';
import {type Lock, pinned} from '../environment/lock.js';
import {explicitLines, lockedLines} from '../environment/locked-lines.js';
import type {ProjectFile} from '../environment/package-files.js';
import type {Project} from '../environment/project.js';
import type {Requirement} from '../environment/requirement.js';
import type {Source} from '../environment/source.js';
import {LABEL} from '../labels.js';
import type {Base} from './base.js';
import {digest, projectInputs} from './inputs.js';
import {LOCKED} from './locked-installs.js';
import type {BuildQuestion, PackageSource, Upgrade} from './question.js';
import {needsSsh, renderDockerfile} from './render.js';
import {PREFERRED} from './resolve.js';

/** Where micromamba's program is taken from while no lock pins it. */
export const MICROMAMBA = 'mambaorg/micromamba:2';

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

/** The build of one project on one base. Same question, same bytes. */
export function planBuild(question: BuildQuestion): BuildPlan {
  const {
    project,
    base,
    baseId = null,
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
  const own = [source?.digest ?? '', ...platforms, ...buildArgs, ...(baseId === null ? [] : [baseId])];
  const tag = `gpudock/${project.name}:${digest([project.dir, dockerfile, ...files, ...own])}`;
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
    question.base.kind === 'framework' || question.base.kind === 'custom' || question.packages === 'conda'
      ? plan.context.map(withoutHashes)
      : plan.context;
  // conda's solver knows no versions that it would rather keep.
  const text = preferred === null || question.packages === 'conda' ? null : lockedLines(preferred.python);
  return {...plan, dockerfile, source: null, context: [...stated, ...(text === null ? [] : [{path: PREFERRED, text}])]};
}

/** pip asks for a hash of every package where one has one, also of those that nobody could know yet. */
const withoutHashes = ({path, text}: ProjectFile): ProjectFile => ({
  path,
  text: text.replace(/[ \t]--hash[= ]\S+/g, ''),
});

function rendered(question: BuildQuestion, resolve: Upgrade | null): string {
  const {project, templates, target = 'notebook', application = null, locked = null} = question;
  const {aptMirror = false, pytorchMirror = false, condaMirror = false, cuda = null, buildArgs = []} = question;
  const {micromamba = locked?.conda === undefined ? MICROMAMBA : pinned(locked.conda.micromamba)} = question;
  const mirrors = {aptMirror, pytorchMirror, condaMirror};
  const stated = {...question, ...mirrors, target, application, locked, micromamba, cuda, buildArgs};
  return renderDockerfile(templates, {...stated, resolve, requirements: listed(project)});
}

const lockedFiles = ({python, conda}: Lock): ProjectFile[] => [
  ...(conda === undefined ? [] : [{path: LOCKED.conda, text: explicitLines(conda.packages)}]),
  ...[
    {path: LOCKED.hashed, packages: python.filter(({hashes}) => hashes.length > 0)},
    {path: LOCKED.named, packages: python.filter(({hashes}) => hashes.length === 0)},
  ].flatMap(({path, packages}) => (packages.length === 0 ? [] : [{path, text: lockedLines(packages)}])),
];

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
    conda: {value: "conda's channels", why: 'PyPI does not have all that the project names'},
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
