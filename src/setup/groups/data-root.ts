import {asRoot, type Step} from '../../diagnosis/diagnosis.js';
import {withSettings} from '../daemon-config.js';
import {DAEMON_CONFIG, type SetupFacts} from '../facts.js';
import {answers, informs, serviceOf} from '../service.js';
import {type Group, group, run, type SetupStep} from '../step.js';

const TITLE = 'where images live';
/** dockerd's default (docs.docker.com/engine/daemon, data directory). */
const DEFAULT = '/var/lib/docker';

const say = (state: Exclude<Group['state'], 'needed'>, why: string): Group => group('data-root', TITLE, state, why);

/** Copies images, containers and volumes to another folder; the old one stays until the user removes it. */
export function dataRootGroup(facts: SetupFacts, to: string | null): Group | null {
  if (to === null) return null;
  const {engine} = facts.host;
  if (engine.kind === 'podman' || engine.remote || engine.desktop || engine.snap || engine.rootless) {
    return say('blocked', 'this engine does not read /etc/docker/daemon.json');
  }
  const from = engine.rootDir ?? DEFAULT;
  if (from === to) return say('done', `they live in ${to}`);
  if (`${to}/`.startsWith(`${from}/`)) return say('blocked', `${to} lies inside ${from}`);
  if (facts.dataRootHolds?.length) return say('blocked', `${to} is not empty`);
  const service = serviceOf(facts);
  if (service === null) return say('blocked', 'nothing here restarts Docker');
  return {
    id: 'data-root',
    title: TITLE,
    state: 'needed',
    why: `from ${from} to ${to}; containers stop meanwhile, and ${from} stays as it is`,
    steps: move(facts, from, to, service),
    after: ['engine'],
    restart: service.restart,
    restarted: answers(facts),
    cleanup: [asRoot(facts.host, 'rm', '--recursive', '--force', '--one-file-system', to)],
  };
}

function move(
  facts: SetupFacts,
  from: string,
  to: string,
  service: {start: readonly Step[]; stop: readonly Step[]},
): SetupStep[] {
  const settings = {'data-root': to};
  const copy: Step = ['cp', '--archive', '--one-file-system', '--no-target-directory', from, to];
  const text = withSettings(DAEMON_CONFIG, facts.daemonConfig, settings);
  return [
    ...service.stop.map(command => run('stops Docker and its containers', command)),
    run(`makes ${to}`, asRoot(facts.host, 'mkdir', '--parents', to)),
    run(`copies ${from}, with owners, links and attributes`, asRoot(facts.host, ...copy), {
      proof: {kind: 'same-tree', from, to},
      mayStop: true,
    }),
    {
      does: `tells Docker of ${to} in daemon.json; what is there stays`,
      action: {kind: 'settings', path: DAEMON_CONFIG, settings, text},
      proof: null,
    },
    ...service.start.map((command, at) =>
      run('starts Docker, which lives there now', command, {
        ...(at === service.start.length - 1 ? {proof: informs(facts, '{{.DockerRootDir}}', to)} : {}),
      }),
    ),
  ];
}
