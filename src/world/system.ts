import {statfs} from 'node:fs/promises';
import {arch, cpus, release, totalmem, userInfo} from 'node:os';
import type {Reading, SystemFacts} from './world.js';

const MIB = 1024 * 1024;

/** What the operating system says, by systeminformation and node; a part that takes too long is null. */
export async function system(timeout: number): Promise<Reading<SystemFacts>> {
  const {default: si} = await import('systeminformation');
  const within = <T>(part: Promise<T>): Promise<T | null> => Promise.race([part.catch(() => null), after(timeout)]);
  const [os, flags, disks, shm] = await Promise.all([
    within(si.osInfo()),
    within(si.cpuFlags()),
    within(si.fsSize()),
    within(statfs('/dev/shm')),
  ]);
  return {
    status: 'ok',
    value: {
      os: {
        platform: process.platform,
        distro: os?.distro || null,
        release: os?.release || null,
        kernel: release(),
        arch: arch(),
      },
      resources: {
        cpus: cpus().length || null,
        cpuFlags: flags ? flags.split(' ').filter(Boolean) : null,
        memoryMiB: Math.floor(totalmem() / MIB),
        shmMiB: shm && Math.floor((shm.blocks * shm.bsize) / MIB),
      },
      filesystems: disks?.map(disk => ({mount: disk.mount, freeMiB: Math.floor(disk.available / MIB)})) ?? null,
      user: caller(),
    },
  };
}

function caller(): SystemFacts['user'] {
  const groups = process.getgroups?.() ?? null;
  const ids = {uid: process.getuid?.() ?? null, gid: process.getgid?.() ?? null, groups};
  try {
    return {...ids, name: userInfo().username};
  } catch {
    // A uid without an entry in the passwd file has no name.
    return {...ids, name: null};
  }
}

const after = (timeout: number): Promise<null> =>
  new Promise(resolve => {
    setTimeout(resolve, timeout, null).unref();
  });
