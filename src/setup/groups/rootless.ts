import {asRoot, type Step} from '../../diagnosis/diagnosis.js';
import type {SetupFacts} from '../facts.js';
import {engineChoice, installStep} from '../packages.js';
import {proof, run, type SetupStep} from '../step.js';

/** What the engine of a user's own takes besides Docker (docs.docker.com/engine/security/rootless). */
const DEBIANS = ['rootlesskit', 'uidmap', 'slirp4netns', 'iproute2', 'dbus-user-session'];
const DOCKERS = ['docker-ce-rootless-extras'];
/** Parts that Docker's own package takes for granted, and that a small Debian lacks. */
const BESIDE = ['uidmap', 'iproute2', 'dbus-user-session'];

const TOOL = 'dockerd-rootless-setuptool.sh';

/** An engine in the user's own systemd, which goes on after a logout. null: no package is known for it. */
export function rootlessSteps(facts: SetupFacts, login: string): SetupStep[] | null {
  const {host, release, installed, offers, home} = facts;
  if (release?.family == null) return null;
  const chosen = facts.dockerd === false ? (engineChoice(release, offers)?.packages ?? []) : [];
  const dockersOwn = installed?.has('docker-ce') === true || chosen.includes('docker-ce');
  const debian = release.family === 'debian';
  if (!dockersOwn && (!debian || home === null)) return null;
  const packages = dockersOwn ? [...DOCKERS, ...(debian ? BESIDE : [])] : DEBIANS;
  const linger = asRoot(host, 'loginctl', 'enable-linger', login);
  return [
    run(`installs ${packages.join(', ')}`, asRoot(host, ...installStep(release.family, packages))),
    run('lets it run while you are logged out', linger, {
      // Docker's tool starts nothing where the user's systemd does not answer yet, and says that all is well.
      proof: proof(['systemctl', '--user', 'show-environment'], null, 30),
      undo: asRoot(host, 'loginctl', 'disable-linger', login),
    }),
    ...(dockersOwn ? [install([TOOL])] : fromDebian(`${home}/.local/share/gpudock/rootless`)),
  ];
}

const install = (tool: Step): SetupStep =>
  run('sets up an engine of your own in ~/.config/systemd/user, and a context of that name', [...tool, 'install'], {
    undo: [...tool, 'uninstall', '--force'],
    proof: proof(['systemctl', '--user', 'is-active', 'docker'], 'active', 60),
  });

/** Docker's tool wants its sibling and the docker program beside it; Debian keeps them apart, and off PATH. */
function fromDebian(folder: string): SetupStep[] {
  const contrib = '/usr/share/docker.io/contrib';
  const beside = [`${contrib}/dockerd-rootless.sh`, `${contrib}/${TOOL}`, '/usr/bin/docker'];
  const path = [folder, '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'].join(':');
  return [
    run(`makes ${folder}`, ['mkdir', '--parents', folder]),
    run('puts what the rootless engine is started by side by side', [
      ...(['ln', '--symbolic', '--force', `--target-directory=${folder}`] as const),
      ...beside,
    ]),
    install(['env', `PATH=${path}`, TOOL]),
  ];
}
