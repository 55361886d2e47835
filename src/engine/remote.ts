import {EXIT, Failure} from '../failure.js';
import type {Engine} from './connect.js';
import {sshArguments} from './tunnel.js';

/** Bind mounts resolve on the engine's machine: a folder of this one is not there. */
export const remoteEngine = ({endpoint}: Engine): Failure =>
  new Failure({
    code: 'remote_engine',
    message: `the engine runs on another machine (${endpoint.source})`,
    cause: 'the project folder of this machine cannot be mounted there',
    fix: `gpudock run --sync copies the project there and what has changed back; ${onThatMachine(endpoint.host)}`,
    exit: EXIT.noEngine,
  });

/** The port of a notebook that runs there is led here, as long as that ssh is open. */
function onThatMachine(host: string): string {
  if (!host.startsWith('ssh://')) return 'or run gpudock on that machine';
  const {port} = new URL(host);
  const {target} = sshArguments(host, '');
  const way = `ssh ${port === '' ? '' : `-p ${port} `}-L 8888:127.0.0.1:8888 ${target}`;
  return `for a notebook: ${way}, and there gpudock notebook --port 8888 --no-open`;
}
