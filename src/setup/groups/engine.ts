import type {Step} from '../../diagnosis/diagnosis.js';
import type {SetupFacts} from '../facts.js';
import {buildxChoice, type Choice, engineChoice} from '../packages.js';
import {answers, serviceOf} from '../service.js';
import {type Group, group, type Proof, proof, run, type SetupStep} from '../step.js';
import {install, installFiles, removal} from './install.js';

const TITLE = 'container engine with buildx';
const say = (state: Exclude<Group['state'], 'needed'>, why: string): Group => group('engine', TITLE, state, why);

const ENGINE_THERE: Proof = proof(['dockerd', '--version']);
const BUILDX_THERE: Proof = proof(['docker', 'buildx', 'version']);

/** A Docker that answers and can build; another engine that answers is left as it is. */
export function engineGroup(facts: SetupFacts): Group {
  const {engine, findings} = facts.host;
  if (engine.kind === 'podman') return say('done', `Podman ${engine.version ?? ''} answers`.replace('  ', ' '));
  if (engine.remote) return say('done', 'an engine on another machine answers; it is set up there');
  if (engine.desktop) return say('done', 'Docker Desktop answers, and brings buildx along');
  if (engine.snap) return say('done', 'Docker from snap answers (gpudock doctor says what that means for GPUs)');
  const refuses = findings.some(({id}) => id === 'docker_permission_denied');
  if (engine.kind === 'docker' || refuses) return withBuildx(facts, [], `Docker ${engine.version ?? 'is there'}`);
  if (facts.dockerd === null) return say('unknown', 'it is not known whether Docker is installed');
  const service = serviceOf(facts);
  if (service === null) return say('blocked', NO_SERVICE);
  const start = starting(facts, service.start);
  return facts.dockerd ? withBuildx(facts, start, 'Docker is installed') : bare(facts, start);
}

const NO_SERVICE =
  'nothing here starts services: switch systemd on (WSL2: [boot] systemd=true in /etc/wsl.conf, then wsl --shutdown)';

const starting = (facts: SetupFacts, commands: readonly Step[]): SetupStep[] =>
  commands.map(command => run('starts Docker, now and at every boot', command, {proof: answers(facts)}));

function withBuildx(facts: SetupFacts, start: readonly SetupStep[], there: string): Group {
  const stopped = start.length > 0 ? `${there} and does not answer` : there;
  if (facts.buildx === true && start.length === 0) return say('done', `${there}, with buildx`);
  if (facts.buildx === true) return needed(facts, stopped, start);
  if (facts.buildx === null) {
    return start.length > 0
      ? needed(facts, stopped, start)
      : say('unknown', `${there}; it is not known whether buildx is installed`);
  }
  const steps = buildxSteps(facts);
  if (steps.length === 0)
    return say(
      'blocked',
      `${there}, and buildx is missing, of which this distribution has no package: https://github.com/docker/buildx#manual-download`,
    );
  return needed(facts, `${stopped}, and buildx is missing: images are built through it`, [...steps, ...start]);
}

function buildxSteps(facts: SetupFacts): SetupStep[] {
  const {release, installed, offers, files} = facts;
  if (release?.family == null) return [];
  if (files !== null) return installFiles(facts, release.family, false, BUILDX_THERE);
  const choice = buildxChoice(release, installed?.has('docker-ce') === true, offers);
  return choice === null ? [] : install(facts, release.family, choice, BUILDX_THERE);
}

function bare(facts: SetupFacts, start: readonly SetupStep[]): Group {
  const {release, files, offers} = facts;
  if (release?.family == null) {
    return say(
      'blocked',
      `setup knows no packages for ${release?.name ?? 'this system'}: https://docs.docker.com/engine/install/`,
    );
  }
  const buildx: SetupStep = run('shows that images can be built', ['docker', 'buildx', 'version']);
  if (files !== null) {
    const steps = installFiles(facts, release.family, false, ENGINE_THERE);
    if (steps.length === 0) return say('blocked', 'there are no packages of an engine in it for this distribution');
    return needed(facts, 'no engine is installed', [...steps, buildx, ...start]);
  }
  const choice = engineChoice(release, offers);
  if (choice === null) return say('blocked', `neither ${release.name} nor Docker has packages for it that setup knows`);
  return needed(facts, `no engine is installed; ${origin(choice)}`, [
    ...install(facts, release.family, choice, ENGINE_THERE),
    buildx,
    ...start,
  ]);
}

function origin({packages, repository}: Choice): string {
  if (repository !== null) return "Docker's own packages: setup knows of no engine with buildx in the distribution's";
  return packages.includes('docker-ce')
    ? "Docker's own packages, whose repository is here"
    : "the distribution's own packages";
}

const needed = ({bundle}: SetupFacts, why: string, steps: readonly SetupStep[]): Group => ({
  id: 'engine',
  title: TITLE,
  state: 'needed',
  why,
  steps,
  after: [],
  restart: [],
  restarted: null,
  cleanup: bundle === null ? [] : removal(bundle),
});
