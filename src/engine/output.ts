import {LABEL} from '../labels.js';
import type {Engine} from './connect.js';
import {removeContainer} from './containers.js';
import {demultiplex} from './streams.js';

/**
 * What a program prints in a short container of an image, without a network and without a GPU; null: it did not end within
 * `timeout` milliseconds, or not well.
 */
export async function outputOf(
  engine: Engine,
  Image: string,
  command: readonly [string, ...string[]],
  {timeout, signal}: {timeout: number; signal: AbortSignal},
): Promise<string | null> {
  const [program, ...args] = command;
  const container = await engine.docker.createContainer({
    Image,
    Entrypoint: [program],
    Cmd: args,
    Labels: {[LABEL.purpose]: 'check'},
    HostConfig: {NetworkMode: 'none', SecurityOpt: ['no-new-privileges']},
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const end = (): void => void container.kill().catch(() => {});
  try {
    await container.start();
    limit.addEventListener('abort', end);
    if (limit.aborted) end();
    const {StatusCode} = (await container.wait()) as {StatusCode: number};
    if (StatusCode !== 0) return null;
    return demultiplex(await container.logs({stdout: true, stderr: false, follow: false})).toString('utf8');
  } finally {
    limit.removeEventListener('abort', end);
    await removeContainer(engine, container.id, true);
  }
}
