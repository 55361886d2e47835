import * as z from 'zod';
import type {SourceReading} from '../reading.js';

const Daemon = z.object({
  runtimes: z.record(z.string(), z.unknown()).optional(),
  'default-runtime': z.string().optional(),
});

/**
 * `/etc/docker/daemon.json`: what the daemon will have after its next start, so the engine's own word goes first. A file
 * that is no JSON keeps the daemon from starting.
 */
export function parseDaemonJson(text: string): SourceReading {
  try {
    const daemon = Daemon.safeParse(JSON.parse(text)).data;
    if (!daemon) return {};
    return daemon.runtimes && 'nvidia' in daemon.runtimes ? {gpuAccess: {runtime: true}} : {};
  } catch {
    const detail = '/etc/docker/daemon.json is not valid JSON';
    return text.trim() === '' ? {} : {troubles: [{id: 'config_error', detail}]};
  }
}
