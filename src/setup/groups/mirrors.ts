import {mirrorsIn, withSettings} from '../daemon-config.js';
import {DAEMON_CONFIG, type SetupFacts} from '../facts.js';
import {answers, informs, serviceOf} from '../service.js';
import {type Group, group, run, type SetupStep} from '../step.js';

const TITLE = 'registry mirrors';

/** Mirrors of Docker Hub, asked before it. null: none was asked for. */
export function mirrorsGroup(facts: SetupFacts, mirrors: readonly string[]): Group | null {
  const [first] = mirrors;
  if (first === undefined) return null;
  const {engine} = facts.host;
  if (engine.kind === 'podman' || engine.remote || engine.desktop || engine.snap || engine.rootless) {
    return group('mirrors', TITLE, 'blocked', 'this engine does not read /etc/docker/daemon.json');
  }
  const present = mirrorsIn(facts.daemonConfig).map(bare);
  if (mirrors.every(mirror => present.includes(bare(mirror))))
    return group('mirrors', TITLE, 'done', 'daemon.json names them');
  const service = serviceOf(facts);
  if (service === null) return group('mirrors', TITLE, 'blocked', 'nothing here restarts Docker');
  const settings = {'registry-mirrors': mirrors};
  const write: SetupStep = {
    does: `adds ${mirrors.join(', ')} to daemon.json; what is there stays`,
    action: {
      kind: 'settings',
      path: DAEMON_CONFIG,
      settings,
      text: withSettings(DAEMON_CONFIG, facts.daemonConfig, settings),
    },
    proof: null,
  };
  const reload = service.reload.map((command, at) =>
    run('makes Docker read it', command, {
      ...(at === service.reload.length - 1 ? {proof: informs(facts, '{{json .RegistryConfig.Mirrors}}', first)} : {}),
    }),
  );
  return {
    id: 'mirrors',
    title: TITLE,
    state: 'needed',
    why: `pulls from Docker Hub shall go to ${first} first`,
    steps: [write, ...reload],
    after: ['engine'],
    cleanup: [],
    restart: service.reload,
    restarted: answers(facts),
  };
}

/** Docker takes a mirror with and without a slash at its end for the same. */
const bare = (mirror: string): string => mirror.replace(/\/$/, '');
