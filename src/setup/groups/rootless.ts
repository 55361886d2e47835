import {asRoot} from '../../diagnosis/diagnosis.js';
import type {SetupFacts} from '../facts.js';
import {engineChoice, installStep} from '../packages.js';
import {proof, run, type SetupStep} from '../step.js';

/** Docker's tool, and the packages that it needs, by who packages the engine (docs.docker.com/engine/security/rootless). */
const DEBIANS = {
  tool: '/usr/share/docker.io/contrib/dockerd-rootless-setuptool.sh',
  packages: ['rootlesskit', 'uidmap', 'slirp4netns', 'dbus-user-session'],
};
const DOCKERS = {tool: 'dockerd-rootless-setuptool.sh', packages: ['docker-ce-rootless-extras']};
/** Red Hat's shadow-utils hold newuidmap; Debian's kin have it apart. */
const BESIDE = ['uidmap', 'dbus-user-session'];

/** An engine in the user's own systemd, which goes on after a logout. null: no package is known for it. */
export function rootlessSteps(facts: SetupFacts, login: string): SetupStep[] | null {
  const {host, release, installed, offers} = facts;
  if (release?.family == null) return null;
  const chosen = facts.dockerd === false ? (engineChoice(release, offers)?.packages ?? []) : [];
  const dockersOwn = installed?.has('docker-ce') === true || chosen.includes('docker-ce');
  if (!dockersOwn && release.family !== 'debian') return null;
  const {tool, packages} = dockersOwn ? DOCKERS : DEBIANS;
  const more = dockersOwn && release.family === 'debian' ? BESIDE : [];
  const answer = proof(['systemctl', '--user', 'is-active', 'docker'], 'active', 60);
  return [
    run(
      `installs ${[...packages, ...more].join(', ')}`,
      asRoot(host, ...installStep(release.family, [...packages, ...more])),
    ),
    run('sets up an engine of your own in ~/.config/systemd/user, and a context of that name', [tool, 'install'], {
      undo: [tool, 'uninstall'],
      proof: answer,
    }),
    run('lets it run while you are logged out', asRoot(host, 'loginctl', 'enable-linger', login), {
      undo: asRoot(host, 'loginctl', 'disable-linger', login),
    }),
  ];
}
