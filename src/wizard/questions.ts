import type {Gpu} from '../contract/host.js';
import type {Candidate} from '../contract/verdict.js';
import {PYTHONS} from '../dockerfile/base.js';
import {wantedFramework} from '../environment/framework.js';
import {parseRequirement} from '../environment/requirement.js';
import {IMAGE_REFERENCE} from '../environment/settings.js';
import type {Answers, Choice, Key, Known, Question} from './question.js';

/** The question of a key; null where there is nothing to choose. */
export const QUESTIONS: Readonly<Record<Key, (known: Known, answers: Answers) => Promise<Question | null>>> = {
  framework,
  base,
  python,
  packages,
  gpus,
  data,
  port,
  next,
};

const anything = (): null => null;

/** Rests on the project's files alone, so that it shows while the machine is still looked at. */
async function framework({project}: Known): Promise<Question> {
  const wish = wantedFramework(project);
  return {
    key: 'framework',
    message: 'Which framework?',
    default: project.settings.framework ?? wish?.name ?? 'none',
    choices: [
      {value: 'pytorch', name: 'PyTorch'},
      {value: 'tensorflow', name: 'TensorFlow'},
      {value: 'jax', name: 'JAX'},
      {value: 'none', name: 'none'},
    ].map(choice => ({
      ...choice,
      why:
        choice.value === wish?.name
          ? `${wish.from} names it`
          : choice.value === 'none'
            ? 'Python and your packages alone'
            : 'an image that has it inside, where one runs here',
    })),
    problem: anything,
  };
}

async function base({project, images}: Known, answers: Answers): Promise<Question | null> {
  const chosen = answers.framework ?? 'none';
  if (chosen === 'none' && ownImage(project) === undefined) return null;
  const {candidates, unlock} = chosen === 'none' ? {candidates: [], unlock: []} : await images(chosen);
  const best = candidates.find(({verdict}) => verdict === 'runs');
  const own = ownImage(project);
  const offered: Choice[] = [
    {
      value: 'auto',
      name: 'auto',
      why: best === undefined ? 'the best that can be had when it is built' : `today ${best.image}`,
    },
    ...(own === undefined ? [] : [{value: own, name: own, why: 'as gpudock.yaml has it'}]),
    ...candidates.map(candidateChoice),
    ...unlock.map(({image, needs}) => ({value: image, name: image, why: 'newer', blocked: `needs ${needs}`})),
  ];
  return {
    key: 'base',
    message: 'Which image?',
    default: own ?? 'auto',
    choices: offered.filter(({value}, at) => offered.findIndex(other => other.value === value) === at),
    problem: text => (IMAGE_REFERENCE.test(text) ? null : 'an image reference has lower case, digits and . _ - / : @'),
  };
}

/** The image that gpudock.yaml names. */
const ownImage = ({settings: {base}}: Known['project']): string | undefined => (base === 'auto' ? undefined : base);

function candidateChoice({image, framework, version, cuda, python: inside, verdict, rules}: Candidate): Choice {
  const content = [`${framework} ${version}`, cuda && `CUDA ${cuda}`, inside && `Python ${inside}`];
  const because = (outcome: 'fail' | 'unknown') => rules.find(rule => rule.outcome === outcome)?.reason ?? '';
  const told = verdict === 'unknown' ? `cannot tell whether it runs: ${because('unknown')}` : 'runs here';
  return {
    value: image,
    name: image,
    why: [...content, told].filter(Boolean).join(', '),
    ...(verdict === 'fails' ? {blocked: because('fail')} : {}),
  };
}

/** An image with the framework inside brings its own; one that gpudock.yaml names was asked about in its place. */
async function python({project}: Known, {base: image = 'auto', framework = 'none'}: Answers): Promise<Question> {
  const stated = project.settings.python;
  return {
    key: 'python',
    message: 'Which Python?',
    moot: image !== 'auto' || framework !== 'none' || ownImage(project) !== undefined,
    default: stated ?? 'auto',
    choices: [
      {
        value: 'auto',
        name: 'auto',
        why: project.python === null ? 'what the image brings' : `the project says ${project.python}`,
      },
      ...[...new Set([...(stated === undefined ? [] : [stated]), ...PYTHONS])].map(value => ({
        value,
        name: value,
        why: 'wheels of all three frameworks exist',
      })),
    ],
    problem: text => (text === 'auto' || /^3\.\d+$/.test(text) ? null : 'a version such as 3.12'),
  };
}

async function packages({project}: Known): Promise<Question> {
  const found = project.requirements.filter(({from}) => from !== 'gpudock.yaml').length;
  const files = found === 0 ? 'the project names none' : `${found} come from the project's files`;
  return {
    key: 'packages',
    message: `More packages from PyPI? (${files}; spaces between)`,
    default: (project.settings.packages ?? []).join(' '),
    choices: null,
    problem: text => {
      const bad = wordList(text).find(entry => parseRequirement(entry, 'answer') === null);
      return bad === undefined ? null : `"${bad}" is not a requirement that pip knows`;
    },
  };
}

/** `numpy>=2 pandas` as a list. */
export const wordList = (text: string): string[] => text.split(/\s+/).filter(Boolean);

async function gpus({project, host}: Known): Promise<Question | null> {
  const found = (await host).gpus ?? [];
  if (found.length === 0 && project.settings.gpus === undefined) return null;
  const stated = project.settings.gpus === undefined ? null : String(project.settings.gpus);
  const fixed = ['all', 'auto', 'none'];
  return {
    key: 'gpus',
    message: 'Which GPUs?',
    default: stated ?? 'all',
    choices: [
      {value: 'all', name: 'all', why: `${found.length} here`},
      {value: 'auto', name: 'auto', why: 'the one with the most free memory at each start'},
      {value: 'none', name: 'none', why: 'the CPU alone'},
      ...(stated === null || fixed.includes(stated)
        ? []
        : [{value: stated, name: stated, why: 'as gpudock.yaml has it'}]),
      ...found.flatMap(gpu => (nameOf(gpu) === stated ? [] : [gpuChoice(gpu)])),
    ],
    problem: anything,
  };
}

/** A UUID names the same GPU after a reboot; an index may not. */
const nameOf = ({uuid, index}: Gpu): string => uuid ?? String(index ?? 0);

const gpuChoice = (gpu: Gpu): Choice => ({
  value: nameOf(gpu),
  name: `GPU ${gpu.index ?? ''} ${gpu.name ?? ''}`.replace(/\s+/g, ' ').trim(),
  why: nameOf(gpu),
  ...(gpu.state === 'lost' || gpu.state === 'error' ? {blocked: `it is ${gpu.state}`} : {}),
});

async function data({project, dataProblem}: Known): Promise<Question> {
  return {
    key: 'data',
    message: 'Folders with data, for /data? (spaces between; PATH:ro only for reading)',
    default: (project.settings.data ?? []).join(' '),
    choices: null,
    problem: text => dataProblem(wordList(text)),
  };
}

async function port({project}: Known): Promise<Question> {
  const {port: stated} = project.settings;
  return {
    key: 'port',
    message: 'Which port on this machine? (auto: 8888 where it is free)',
    default: stated === undefined ? 'auto' : String(stated),
    choices: null,
    problem: text =>
      text === 'auto' || (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535)
        ? null
        : 'auto, or a number from 1 to 65535',
  };
}

async function next(): Promise<Question> {
  return {
    key: 'next',
    message: 'What is it for? gpudock.yaml is written now',
    default: 'write',
    choices: [
      {value: 'write', name: 'later: write it alone', why: 'nothing is built or started'},
      {value: 'build', name: 'jobs: build the image', why: 'gpudock build; then gpudock run COMMAND'},
      {value: 'launch', name: 'notebooks: build, and open JupyterLab', why: 'gpudock notebook'},
    ],
    problem: anything,
  };
}
