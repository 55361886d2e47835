import type {Project} from './project.js';
import type {Requirement} from './requirement.js';

export type FrameworkName = 'pytorch' | 'tensorflow' | 'jax';

/** The framework a project wants, and what says so. */
export interface FrameworkWish {
  name: FrameworkName;
  /** PEP 440 specifier; empty: every version. */
  specifier: string;
  from: string;
}

/** Packages that show which framework is used: the framework itself first, then what is built on it alone. */
const SIGNS: Readonly<Record<FrameworkName, readonly string[]>> = {
  pytorch: ['torch', 'torchvision', 'torchaudio', 'pytorch-lightning', 'lightning', 'accelerate', 'vllm', 'timm'],
  tensorflow: [
    'tensorflow',
    'tensorflow-gpu',
    'tensorflow-cpu',
    'tf-nightly',
    'tensorflow-probability',
    'tensorflow-hub',
  ],
  jax: ['jax', 'jaxlib', 'flax', 'optax', 'dm-haiku'],
};

const CORE: Readonly<Record<FrameworkName, string>> = {pytorch: 'torch', tensorflow: 'tensorflow', jax: 'jax'};

/** Which framework the project wants: gpudock.yaml's word, else its requirements; null when neither names one. */
export function wantedFramework(
  project: Pick<Project, 'settings' | 'requirements' | 'constraints'>,
): FrameworkWish | null {
  const {framework} = project.settings;
  if (framework === 'none') return null;
  const signs = (Object.keys(SIGNS) as FrameworkName[]).flatMap(name => {
    const sign = strongest(name, project.requirements);
    return sign === null ? [] : [{name, ...sign}];
  });
  const chosen =
    framework === undefined ? signs.sort((a, b) => a.rank - b.rank)[0] : signs.find(sign => sign.name === framework);
  if (chosen !== undefined) {
    const {requirement, name} = chosen;
    const stated = [requirement, ...project.constraints].filter(
      ({name: core, specifier}) => core === CORE[name] && specifier !== '',
    );
    return {
      name,
      specifier: stated.map(({specifier}) => specifier).join(','),
      from: (stated[0] ?? requirement).from,
    };
  }
  return framework === undefined ? null : {name: framework, specifier: '', from: 'gpudock.yaml'};
}

function strongest(
  name: FrameworkName,
  requirements: readonly Requirement[],
): {requirement: Requirement; rank: number} | null {
  for (const [rank, sign] of SIGNS[name].entries()) {
    const requirement = requirements.find(candidate => candidate.name === sign);
    if (requirement !== undefined) return {requirement, rank};
  }
  return null;
}
