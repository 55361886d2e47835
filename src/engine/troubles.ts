import {setTimeout as sleep} from 'node:timers/promises';
import type {Engine} from './connect.js';
import type {Listed} from './containers.js';

/** What is wrong with a container that the engine's own status does not say. */
export type Trouble =
  | {
      kind: 'out-of-memory';
      /** 0: it had no limit, the machine itself ran out. */
      limitBytes: number;
    }
  | {kind: 'gpu-lost'};

/** Looks into those containers that may have a trouble, all at once: with none there is no question to the engine. */
export async function troublesOf(engine: Engine, containers: readonly Listed[]): Promise<Map<string, Trouble>> {
  const found = await Promise.all(
    containers.map(async container => [container.id, await troubleOf(engine, container)] as const),
  );
  return new Map(found.flatMap(([id, trouble]) => (trouble === null ? [] : [[id, trouble] as const])));
}

async function troubleOf(engine: Engine, {id, state, status, gpus}: Listed): Promise<Trouble | null> {
  try {
    if (state === 'exited' && status.startsWith('Exited (137)')) return await outOfMemory(engine, id);
    if (state === 'running' && gpus.length > 0) return (await hasLostGpu(engine, id)) ? {kind: 'gpu-lost'} : null;
    return null;
  } catch {
    // It went away while it was looked at.
    return null;
  }
}

async function outOfMemory({docker}: Engine, id: string): Promise<Trouble | null> {
  const {State, HostConfig} = await docker.getContainer(id).inspect();
  return State.OOMKilled ? {kind: 'out-of-memory', limitBytes: HostConfig.Memory ?? 0} : null;
}

const LOST = 3;
/** A GPU that was taken away by a change of cgroups is still in /dev, and cannot be opened. */
const PROBE = `if command -v nvidia-smi >/dev/null 2>&1; then nvidia-smi -L >/dev/null 2>&1 || exit ${LOST}; exit 0; fi
for device in /dev/nvidia[0-9]*; do [ -e "$device" ] || exit 0; (: < "$device") 2>/dev/null || exit ${LOST}; done`;
const PROBE_LIMIT = 5_000;

async function hasLostGpu({docker}: Engine, id: string): Promise<boolean> {
  const exec = await docker.getContainer(id).exec({Cmd: ['/bin/sh', '-c', PROBE], AttachStdout: true});
  const stream = await exec.start({});
  stream.resume();
  const ended = new Promise(resolve => stream.on('end', resolve));
  await Promise.race([ended, sleep(PROBE_LIMIT, null, {ref: false})]);
  stream.destroy();
  return (await exec.inspect()).ExitCode === LOST;
}
