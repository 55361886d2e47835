import type {Host} from '../contract/host.js';
import {asRoot, type Step} from '../diagnosis/diagnosis.js';
import type {SetupFacts} from './facts.js';
import {type Proof, proof} from './step.js';

/** How this machine's Docker is started and stopped: a list of commands each. */
export interface Service {
  start: readonly Step[];
  stop: readonly Step[];
  restart: readonly Step[];
  /** Reads daemon.json again, where containers can go on meanwhile; else a restart. */
  reload: readonly Step[];
}

/** By systemd, else by the script of Debian's packages (WSL2, containers). null: neither. */
export function serviceOf({host, release, systemd, initScript}: SetupFacts): Service | null {
  const root = (...command: Step): Step => asRoot(host, ...command);
  if (systemd !== false) {
    return {
      start: [root('systemctl', 'enable', '--now', 'docker')],
      // The socket would start it again at the first question.
      stop: [root('systemctl', 'stop', 'docker.service', 'docker.socket')],
      restart: [root('systemctl', 'restart', 'docker')],
      // What the unit's own reload does, by a program that a small system may lack. The unit's other processes end at it.
      reload: [root('systemctl', 'kill', '--kill-who=main', '--signal=HUP', 'docker')],
    };
  }
  if (initScript !== true && release?.family !== 'debian') return null;
  const [start, stop] = [root('service', 'docker', 'start'), root('service', 'docker', 'stop')];
  // The script's own restart needs ps, which a small system lacks, and then does nothing.
  return {start: [start], stop: [stop], restart: [stop, start], reload: [stop, start]};
}

/** Who asks: all but root do so by sudo. */
interface Caller {
  host: Pick<Host, 'user'>;
}

/** Seconds that Docker may take until it answers. */
const PATIENCE = 60;

/** Asks the system's Docker, whatever DOCKER_HOST says. */
export const docker = ({host}: Caller, ...args: string[]): Step =>
  asRoot(host, 'docker', '--host', 'unix:///var/run/docker.sock', ...args);

export const answers = (facts: Caller): Proof =>
  proof(docker(facts, 'version', '--format', '{{.Server.Version}}'), null, PATIENCE);

/** What `docker info` says of one thing. */
export const informs = (facts: Caller, format: string, says: string): Proof =>
  proof(docker(facts, 'info', '--format', format), says, PATIENCE);
