import {asRoot} from '../../diagnosis/diagnosis.js';
import type {SetupFacts} from '../facts.js';
import {type Group, type GroupId, group, proof, run, type SetupStep} from '../step.js';
import {rootlessSteps} from './rootless.js';

const TITLE = 'your access to the engine';
const say = (state: Exclude<Group['state'], 'needed'>, why: string): Group => group('access', TITLE, state, why);

/** The group docker, or an engine of the user's own. */
export function accessGroup(facts: SetupFacts, rootless: boolean): Group {
  const {host, login} = facts;
  const {engine, user} = host;
  if (engine.kind === 'podman') return say('done', 'Podman runs as you');
  if (engine.remote || engine.desktop) return say('done', 'the engine answers you');
  if (engine.rootless) return say('done', 'the engine is your own (rootless)');
  if (login === null && user.uid === 0) return say('done', 'root needs no group');
  if (login === null) return say('unknown', 'it is not known who you are');
  return rootless ? ownEngine(facts, login) : membership(facts, login);
}

function membership({host, dockerGroup, dockerd}: SetupFacts, login: string): Group {
  const {user, engine} = host;
  if (dockerGroup !== null && user.uid !== 0 && user.groups?.includes(dockerGroup.gid)) {
    return say('done', `${login} is in the group docker`);
  }
  if (dockerGroup?.members.includes(login)) {
    return say('done', `${login} is in the group docker; a session from before that must log in again`);
  }
  if (dockerGroup === null && (engine.kind === 'docker' || dockerd !== false)) {
    return say('unknown', 'it is not known who is in the group docker');
  }
  const join = run(
    `puts ${login} into the group docker, from the next login on`,
    asRoot(host, 'usermod', '--append', '--groups', 'docker', login),
    {undo: asRoot(host, 'gpasswd', '--delete', login, 'docker'), proof: proof(['id', '-nG', login], 'docker')},
  );
  return needed(
    `${login} may not ask Docker; the group docker gives root rights, --rootless does without`,
    [join],
    ['engine'],
  );
}

function ownEngine(facts: SetupFacts, login: string): Group {
  if (facts.host.user.uid === 0) return say('blocked', 'an engine of your own is set up by yourself: without sudo');
  if (facts.systemd !== true) return say('blocked', 'an engine of your own needs systemd');
  const steps = rootlessSteps(facts, login);
  if (steps === null) return say('blocked', 'no package of the rootless engine is known for this distribution');
  return needed(`an engine of ${login}'s own: root inside is you, no group is needed`, steps, ['engine']);
}

const needed = (why: string, steps: readonly SetupStep[], after: readonly GroupId[]): Group => ({
  id: 'access',
  title: TITLE,
  state: 'needed',
  why,
  steps,
  after,
  restart: [],
  restarted: null,
  cleanup: [],
});
