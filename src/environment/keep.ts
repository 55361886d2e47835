import type {FrameworkName} from './framework.js';
import type {Project} from './project.js';
import type {Requirement} from './requirement.js';
import {linesOf} from './requirements-file.js';

/** Where the image and the project's files name different versions of the framework: which one stays. */
export const KEEP = ['image', 'files'] as const;
export type Keep = (typeof KEEP)[number];

/** What an image of a framework brings of it. */
const BROUGHT: Readonly<Record<FrameworkName, readonly string[]>> = {
  pytorch: ['torch', 'torchvision', 'torchaudio'],
  tensorflow: ['tensorflow', 'tensorflow-gpu', 'tensorflow-cpu'],
  jax: ['jax', 'jaxlib'],
};

/** The project without its own versions of a framework, which are left to the image. Lines keep their numbers. */
export function leftToImage(project: Project, framework: FrameworkName): Project {
  const brought = ({name}: Requirement): boolean => BROUGHT[framework].includes(name);
  const left = [...project.requirements, ...project.constraints].filter(brought);
  const names = [...new Set(left.map(({name}) => name))];
  return {
    ...project,
    settings: {...project.settings, framework},
    requirements: project.requirements.filter(requirement => !brought(requirement)),
    constraints: project.constraints.filter(requirement => !brought(requirement)),
    files: project.files.map(file => ({...file, text: withoutLines(file, names)})),
    notes: [...project.notes, `${names.join(', ')}: left to the image, as asked for`],
  };
}

function withoutLines({path, text}: Project['files'][number], names: readonly string[]): string {
  if (!path.endsWith('.txt')) return text;
  const lines = text.split(/\r\n|\n|\r/);
  for (const {first, last} of linesOf(text, names)) lines.fill('', first - 1, last);
  return lines.join('\n');
}
