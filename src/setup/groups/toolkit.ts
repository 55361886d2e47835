import {asRoot, hasGpu} from '../../diagnosis/diagnosis.js';
import type {SetupFacts} from '../facts.js';
import {toolkitChoice} from '../packages.js';
import {type Group, group, proof} from '../step.js';
import {install, installFiles, removal} from './install.js';

const TITLE = 'NVIDIA container toolkit';
const say = (state: Exclude<Group['state'], 'needed'>, why: string): Group => group('toolkit', TITLE, state, why);

/** An apt source that fails hides that nothing was installed (NVIDIA/nvidia-docker#1243): the program itself is asked. */
const THERE = proof(['nvidia-ctk', '--version'], 'version');

/** NVIDIA's tools that put a GPU into a container; only where there is a GPU. */
export function toolkitGroup(facts: SetupFacts): Group {
  const {host, toolkit, release, files} = facts;
  const elsewhere = notHere(facts);
  if (elsewhere !== null) return say('done', elsewhere);
  if (host.gpus === null) return say('unknown', 'it is not known whether there is an NVIDIA GPU');
  if (!hasGpu(host)) return say('done', 'no NVIDIA GPU is here, so none is needed');
  if (toolkit.installed === true) return say('done', `${host.toolkit.version ?? 'it'} is installed`);
  if (toolkit.installed === null) return say('unknown', 'it is not known whether it is installed');
  if (release?.family == null) return say('blocked', `setup knows no packages for ${release?.name ?? 'this system'}`);
  const choice = toolkitChoice(release, facts.offers);
  const steps =
    files === null
      ? choice && install(facts, release.family, choice, THERE)
      : installFiles(facts, release.family, true, THERE);
  if (steps === null || steps.length === 0) return say('blocked', 'no package of it is at hand');
  const origin =
    files !== null
      ? 'from the package files'
      : choice?.repository
        ? "from NVIDIA's repository"
        : 'from the sources here';
  return {
    id: 'toolkit',
    title: TITLE,
    state: 'needed',
    why: `${host.gpus[0]?.name ?? 'an NVIDIA GPU'} is here and the toolkit is not; ${origin}`,
    steps,
    after: ['engine'],
    restart: [],
    restarted: null,
    cleanup: facts.bundle === null ? [] : removal(facts.bundle),
  };
}

/** Engines that bring their own way to the GPU, or whose GPUs are other machines'. */
export function notHere({host: {engine}}: Pick<SetupFacts, 'host'>): string | null {
  if (engine.remote) return "the engine's machine is another one";
  return engine.desktop ? 'Docker Desktop brings its own' : null;
}

/** Needs root on its own. */
export const ctk = ({host}: SetupFacts, ...args: string[]): ReturnType<typeof asRoot> =>
  asRoot(host, 'nvidia-ctk', ...args);
