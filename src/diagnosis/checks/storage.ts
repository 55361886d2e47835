import type {Check, Diagnosis} from '../diagnosis.js';

/** A framework image with CUDA takes this when it is unpacked (compat-matrix/images, compressed sizes doubled). */
const ENOUGH_MIB = 20 * 1024;
const NONE_MIB = 2 * 1024;
/** Drivers that copy whole files or layers; all are deprecated or for tests (docs.docker.com, storage drivers). */
const SLOW = ['vfs', 'devicemapper', 'aufs'];

/** Where images live: enough room, and a driver made for large layers. */
export const storage: Check = ({engine, resources}, {engine: {storageDriver}}) => {
  const findings: Diagnosis[] = [];
  if (storageDriver !== null && SLOW.includes(storageDriver)) {
    findings.push({
      id: 'storage_driver_slow',
      severity: 'warning',
      cause: `the engine stores images with ${storageDriver}, which copies every layer whole: CUDA images take many times their size`,
      fix: 'set "storage-driver": "overlay2" in /etc/docker/daemon.json, and restart Docker; images must be pulled again',
      source: 'https://docs.docker.com/engine/storage/drivers/select-storage-driver/',
    });
  }
  const free = resources.diskFreeMiB;
  if (free !== null && free < ENOUGH_MIB && engine.kind !== null && engine.remote !== true) {
    findings.push({
      id: 'disk_full',
      severity: free < NONE_MIB ? 'error' : 'warning',
      cause: `${Math.floor(free / 1024)} GiB are free where images are stored (${engine.rootDir ?? 'the engine'}), and a CUDA framework image needs up to 20`,
      fix: 'docker system df; gpudock prune; or move "data-root" to a larger disk',
      source: 'moby/moby#10613, Kaggle/docker-python#1088',
    });
  }
  return findings;
};
