import {createHash} from 'node:crypto';
import type {Decision} from '../contract/launch.js';
import type {Project, ProjectFile} from '../environment/project.js';
import type {Requirement} from '../environment/requirement.js';
import type {Base} from './base.js';
import {needsSsh, renderDockerfile} from './render.js';

/** Where Python packages come from: an index (with which build of PyTorch), or the distribution. */
export type PackageSource = 'index' | 'index-cpu' | 'distribution';

/** Exactly what will be built. */
export interface BuildPlan {
  /** `gpudock/NAME:HASH`; the hash covers everything that the image is made from. */
  tag: string;
  base: Base;
  packages: PackageSource;
  dockerfile: string;
  /** The whole build context, besides the Dockerfile. */
  context: ProjectFile[];
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
  /** Ids of the caller's own secrets. */
  secrets: readonly string[];
}

/** Labels that mark what is gpudock's own, so that only that is ever listed or cleaned up. */
export const LABEL = {
  project: 'gpudock.project',
  inputs: 'gpudock.inputs',
  base: 'gpudock.base',
  packages: 'gpudock.packages',
  purpose: 'gpudock.purpose',
} as const;

/** The build of one project on one base. Same question, same bytes. */
export function planBuild(question: BuildQuestion): BuildPlan {
  const {project, base, packages, gpu, template, architectures, secrets} = question;
  const dockerfile = renderDockerfile(template, {
    project,
    base,
    packages,
    requirements: listed(project),
    architectures,
    secrets,
  });
  const context = project.files;
  const inputs = projectInputs(project, gpu, template);
  const tag = `gpudock/${project.name}:${digest([project.dir, dockerfile, ...context.flatMap(file => [file.path, file.text])])}`;
  return {
    tag,
    base,
    packages,
    dockerfile,
    context,
    ssh: needsSsh(project),
    labels: {
      [LABEL.project]: project.dir,
      [LABEL.inputs]: inputs,
      [LABEL.base]: base.image,
      [LABEL.packages]: packages,
      [LABEL.purpose]: 'notebook',
    },
    decisions: decisions(question),
  };
}

/** Raised when the same question gives another Dockerfile: what an older renderer built is then not used again. */
export const RENDERER = 3;

/** What the project itself puts in, whatever base is chosen: an image with the same inputs need not be built again. */
export const projectInputs = (project: Project, gpu: boolean, template: string): string => {
  const {name, dir, settings, files, requirements, python, apt} = project;
  return digest([JSON.stringify({name, dir, settings, files, requirements, python, apt, gpu, RENDERER}), template]);
};

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);

/** Requirements that no file of the context holds: from a conda file, or from gpudock.yaml. */
const listed = (project: Project): Requirement[] =>
  project.requirements.filter(
    ({from}) => !project.files.some(file => from === file.path || from.startsWith(`${file.path}:`)),
  );

function decisions({project, base, packages}: BuildQuestion): Decision[] {
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
    ...project.notes.map(why => ({setting: 'files', value: project.kind, why})),
  ];
}
