import {hasGpu, type Step} from '../../diagnosis/diagnosis.js';
import {atLeast} from '../../matrix/dotted.js';
import {DAEMON_CONFIG, type SetupFacts} from '../facts.js';
import {answers, informs, serviceOf} from '../service.js';
import {type Group, group, proof, run, type SetupStep} from '../step.js';
import {ctk, notHere} from './toolkit.js';

const TITLE = 'GPUs for the engine';
const say = (state: Exclude<Group['state'], 'needed'>, why: string): Group => group('gpu', TITLE, state, why);

/** Tells the engine of the toolkit, and writes the CDI specification. */
export function gpuGroup(facts: SetupFacts): Group {
  const {host} = facts;
  const {cdi, hook, runtime} = host.engine.gpuAccess;
  const elsewhere = notHere(facts);
  if (elsewhere !== null) return say('done', elsewhere);
  if (host.gpus === null) return say('unknown', 'it is not known whether there is an NVIDIA GPU');
  if (!hasGpu(host)) return say('done', 'no NVIDIA GPU is here');
  if (host.driver.status === 'unknown') return say('unknown', 'it is not known whether the NVIDIA driver answers');
  if (host.driver.status !== 'ok') return say('blocked', 'the NVIDIA driver does not answer: it comes first');
  if (host.engine.kind === 'podman') return specification(facts);
  if (cdi || hook || runtime) return say('done', `the engine hands them over ${by(host.engine.gpuAccess)}`);
  if (host.engine.kind !== null && (cdi === null || hook === null || runtime === null)) {
    return say('unknown', 'it is not known whether the engine hands them over');
  }
  if (host.engine.rootless) return say('blocked', OWN_ENGINE);
  const service = serviceOf(facts);
  if (service === null) return say('blocked', 'nothing here restarts Docker');
  const steps = [tellDocker(facts), ...specificationSteps(facts), ...restarting(facts, service.restart)];
  const why = 'Docker has not been told of the toolkit; it looks for it when it starts, and stops containers meanwhile';
  return {
    id: 'gpu',
    title: TITLE,
    state: 'needed',
    why,
    steps,
    after: ['engine', 'toolkit'],
    cleanup: [],
    restart: service.restart,
    restarted: answers(facts),
  };
}

/** It has settings of its own, and may not change device rules as the hook does (NVIDIA/libnvidia-container#154): CDI it is. */
const OWN_ENGINE =
  'an engine of your own takes GPUs by CDI, which is switched on by hand: nvidia-ctk runtime configure --runtime=docker --config=$HOME/.config/docker/daemon.json --cdi.enabled && systemctl --user restart docker';

const by = ({cdi, runtime}: {cdi: boolean | null; runtime: boolean | null}): string =>
  cdi ? 'by CDI' : runtime ? 'by the nvidia runtime' : 'by the NVIDIA hook';

/** Podman takes GPUs by CDI alone. */
function specification(facts: SetupFacts): Group {
  const {cdiSpecs} = facts.toolkit;
  if (facts.host.engine.cdiDevices?.length || (cdiSpecs?.length ?? 0) > 0)
    return say('done', 'a CDI specification is there');
  if (cdiSpecs === null) return say('unknown', 'it is not known whether a CDI specification is there');
  const why = 'Podman takes GPUs by CDI, and no specification is there';
  const steps = specificationSteps(facts);
  return {
    id: 'gpu',
    title: TITLE,
    state: 'needed',
    why,
    steps,
    after: ['toolkit'],
    restart: [],
    restarted: null,
    cleanup: [],
  };
}

function tellDocker(facts: SetupFacts): SetupStep {
  const command = ctk(facts, 'runtime', 'configure', '--runtime=docker', ...cdiFlag(facts));
  return run('adds the nvidia runtime to daemon.json; what is there stays', command, {changes: [DAEMON_CONFIG]});
}

/** Docker has CDI since 25, and switched on by itself since 28.2 (moby/moby@4cecce03f6, NVIDIA/nvidia-container-toolkit#434). */
function cdiFlag({host, offers}: SetupFacts): string[] {
  const said = host.engine.version ?? offers?.get('docker-ce') ?? offers?.get('docker.io') ?? null;
  const version = /^(?:\d{1,3}:)?(\d{1,3}(?:\.\d{1,3}){1,2})/.exec(said ?? '')?.[1] ?? null;
  return atLeast(version, '25') && atLeast(version, '28.2') === false ? ['--cdi.enabled'] : [];
}

/** Where systemd keeps it fresh (toolkit 1.18), it lies in /var/run; elsewhere it must outlive a boot. */
function specificationSteps(facts: SetupFacts): SetupStep[] {
  const {cdiSpecs} = facts.toolkit;
  const {driver} = facts.host;
  const current = (cdiSpecs ?? []).some(
    ({driverVersions}) => driverVersions.length === 0 || driverVersions.includes(driver.version ?? ''),
  );
  if (current) return [];
  const path = cdiSpecs?.[0]?.path ?? (refreshed(facts) ? '/var/run/cdi/nvidia.yaml' : '/etc/cdi/nvidia.yaml');
  const listed = proof(['nvidia-ctk', 'cdi', 'list'], 'nvidia.com/gpu');
  const does = `describes the GPUs for CDI in ${path}${refreshed(facts) ? '' : ' (again after each driver update)'}`;
  return [run(does, ctk(facts, 'cdi', 'generate', `--output=${path}`), {changes: [path], proof: listed})];
}

/** The unit nvidia-cdi-refresh came with toolkit 1.18 (NVIDIA/nvidia-container-toolkit, CHANGELOG). */
const refreshed = ({host, systemd}: SetupFacts): boolean =>
  systemd === true && !host.os.wsl && atLeast(host.toolkit.version, '1.18') !== false;

const restarting = (facts: SetupFacts, commands: readonly Step[]): SetupStep[] =>
  commands.map((command, at) =>
    run('restarts Docker: its containers stop', command, {
      ...(at === commands.length - 1 ? {proof: informs(facts, '{{json .Runtimes}}', '"nvidia"')} : {}),
    }),
  );
