import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {hostname} from 'node:os';

/**
 * What tells this machine from others that use the same engine: its name, and a digest of its id where it has one, for
 * many are called localhost. The id itself is not to be shown to others (machine-id(5)).
 */
export function thisMachine(): string {
  const id = machineId();
  return id === ''
    ? hostname()
    : `${hostname()} ${createHash('sha256').update(`gpudock ${id}`).digest('hex').slice(0, 8)}`;
}

function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim();
  } catch {
    return '';
  }
}
