import {fields} from '../../world/document.js';
import type {SourceReading} from '../reading.js';

/**
 * `/etc/docker/daemon.json`: what the daemon will have after its next start, so the engine's own word goes first. A file
 * that is no JSON keeps the daemon from starting.
 */
export function parseDaemonJson(text: string): SourceReading {
  try {
    const runtimes = fields(fields(JSON.parse(text)).runtimes);
    return 'nvidia' in runtimes ? {gpuAccess: {runtime: true}} : {};
  } catch {
    const detail = '/etc/docker/daemon.json is not valid JSON';
    return text.trim() === '' ? {} : {troubles: [{id: 'config_error', detail}]};
  }
}
