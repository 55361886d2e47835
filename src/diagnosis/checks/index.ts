import type {Check} from '../diagnosis.js';
import {cdi} from './cdi.js';
import {containerLostGpu} from './container-lost-gpu.js';
import {daemonReload} from './daemon-reload.js';
import {dockerGroup} from './docker-group.js';
import {driverAbsent} from './driver-absent.js';
import {driverMismatch} from './driver-mismatch.js';
import {driverNotLoaded} from './driver-not-loaded.js';
import {engineKind} from './engine-kind.js';
import {engineStopped} from './engine-stopped.js';
import {engineVersion} from './engine-version.js';
import {fabricManager} from './fabric-manager.js';
import {gpuAccess} from './gpu-access.js';
import {gpuFellOff} from './gpu-fell-off.js';
import {hookPath} from './hook-path.js';
import {memoryLimits} from './memory-limits.js';
import {migWithoutInstance} from './mig-without-instance.js';
import {network, openPorts} from './network.js';
import {noCgroups} from './no-cgroups.js';
import {persistence} from './persistence.js';
import {restartNeeded} from './restart-needed.js';
import {rootless} from './rootless.js';
import {storage} from './storage.js';

export const CHECKS: readonly Check[] = [
  driverAbsent,
  driverNotLoaded,
  driverMismatch,
  gpuFellOff,
  migWithoutInstance,
  fabricManager,
  persistence,
  engineStopped,
  dockerGroup,
  engineKind,
  engineVersion,
  rootless,
  gpuAccess,
  restartNeeded,
  hookPath,
  cdi,
  noCgroups,
  daemonReload,
  containerLostGpu,
  storage,
  memoryLimits,
  network,
  openPorts,
];
