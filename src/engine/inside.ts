import type {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import type {Container} from 'dockerode';
import {Failure} from '../failure.js';
import {type GpuCheck, insideProblems, LOOK_INSIDE, type Promised} from '../launch/inside.js';
import {demultiplex} from './streams.js';

/**
 * Looks into a running container for what it was promised. Throws `gpu_missing_inside` where that is to fail; anything
 * else is a line. A container that has ended meanwhile tells nothing.
 */
export async function checkInside(
  container: Container,
  promised: Promised,
  check: GpuCheck,
  note: (line: string) => void,
): Promise<void> {
  if (check === 'off' || !hasPromise(promised)) return;
  const answer = await lookInside(container, ['/bin/sh', '-c', LOOK_INSIDE]).catch(() => null);
  if (answer === null) return;
  const {gpu, notes} = insideProblems(answer, promised);
  for (const line of notes) note(line);
  if (gpu === null) return;
  if (check === 'warn') note(`${gpu}: it would compute on the CPU`);
  else
    throw new Failure({
      code: 'gpu_missing_inside',
      message: 'the container does not see its GPU',
      cause: gpu,
      fix: 'gpudock doctor; to go on all the same: --gpu-check warn',
    });
}

/** Shared memory and ulimits alone are not worth a look: an engine that cannot set them says so at the start. */
const hasPromise = ({gpus, memoryBytes, cpus, pids, data}: Promised): boolean =>
  gpus > 0 || memoryBytes !== null || cpus !== null || pids !== null || data.length > 0;

/** What a program in a running container prints on its standard output, whatever its exit code. */
export const lookInside = async (container: Container, command: string[]): Promise<string> =>
  (await execOutput(container, command)).stdout;

/** Runs a program in a running container to its end, as its user or as `user`. */
export async function execOutput(
  container: Container,
  command: string[],
  user?: string,
): Promise<{exit: number; stdout: string}> {
  const exec = await container.exec({
    Cmd: command,
    AttachStdout: true,
    AttachStderr: false,
    ...(user === undefined ? {} : {User: user}),
  });
  const stream: Readable = await exec.start({});
  const stdout = demultiplex(await buffer(stream)).toString('utf8');
  return {exit: (await exec.inspect()).ExitCode ?? 0, stdout};
}
