import {atLeast} from '../../matrix/dotted.js';
import type {Check, Diagnosis} from '../diagnosis.js';

/** Docker versions below which something that gpudock relies on is missing. */
export const engineVersion: Check = ({engine, gpus}) => {
  if (engine.kind !== 'docker') return [];
  const version = /^\d{1,4}(?:\.\d{1,4}){1,2}/.exec(engine.version ?? '')?.[0] ?? null;
  const findings: Diagnosis[] = [];
  if (atLeast(version, '20.10.10') === false) {
    findings.push({
      id: 'engine_too_old',
      severity: 'warning',
      cause: `Docker ${version} refuses the system call clone3, so images of Ubuntu 22.04, Debian 12 and newer fail in it`,
      fix: 'update Docker to 20.10.10 or later (https://docs.docker.com/engine/install/)',
      source: 'moby/moby#42681',
    });
  } else if (atLeast(version, '25.0') === false && (gpus?.length ?? 0) > 0 && engine.gpuAccess.hook === false) {
    findings.push({
      id: 'engine_too_old',
      severity: 'warning',
      cause: `Docker ${version} does not know CDI, which it has from 25.0`,
      fix: 'update Docker (https://docs.docker.com/engine/install/)',
      source: 'moby/moby@7ec9561a77',
    });
  }
  return findings;
};
