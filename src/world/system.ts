import {readFile, statfs} from 'node:fs/promises';
import {arch, cpus, release, totalmem, userInfo} from 'node:os';
import type {Reading, SystemFacts} from './world.js';

const MIB = 1024 * 1024;

/** What the operating system says; a part that takes too long is null. */
export async function system(timeout: number): Promise<Reading<SystemFacts>> {
  const within = <T>(part: Promise<T>): Promise<T | null> => Promise.race([part.catch(() => null), after(timeout)]);
  // systeminformation starts programs for what Linux has in files, and takes longer to load than these to be read.
  const parts = process.platform === 'linux' ? LINUX : await elsewhere();
  const [os, cpuFlags, filesystems, shm] = await Promise.all([
    within(parts.os()),
    within(parts.cpuFlags()),
    within(parts.filesystems()),
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
        cpuFlags,
        memoryMiB: Math.floor(totalmem() / MIB),
        shmMiB: shm && Math.floor((shm.blocks * shm.bsize) / MIB),
      },
      filesystems,
      user: caller(),
    },
  };
}

interface Parts {
  os(): Promise<{distro: string; release: string} | null>;
  cpuFlags(): Promise<string[] | null>;
  filesystems(): Promise<SystemFacts['filesystems']>;
}

const LINUX: Parts = {
  // /etc/os-release is a source of its own.
  os: () => Promise.resolve(null),
  async cpuFlags() {
    const text = await readFile('/proc/cpuinfo', 'utf8');
    const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1];
    return flags === undefined ? null : flags.split(' ').filter(Boolean);
  },
  async filesystems() {
    const mounts = mountsOf(await readFile('/proc/self/mounts', 'utf8'));
    const sizes = await Promise.all(mounts.map(mount => statfs(mount).catch(() => null)));
    return mounts.flatMap((mount, at) => {
      const size = sizes[at];
      return size ? [{mount, freeMiB: Math.floor((size.bavail * size.bsize) / MIB)}] : [];
    });
  },
};

/** Where images may be stored. A file system of the network may not answer, and one of the kernel stores nothing. */
const STORAGE = /^(?:ext[234]|xfs|btrfs|zfs|overlay|f2fs|bcachefs|tmpfs|jfs|reiserfs)$/;

/** `/proc/self/mounts`: device, mount point with blanks as `\040`, type. */
export function mountsOf(text: string): string[] {
  const lines = text.split('\n').map(line => line.split(' '));
  const stored = lines.filter(([, , type = '']) => STORAGE.test(type));
  return stored.map(([, mount = '']) =>
    mount.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
  );
}

async function elsewhere(): Promise<Parts> {
  const {default: si} = await import('systeminformation');
  return {
    os: () => si.osInfo(),
    cpuFlags: () => si.cpuFlags().then(flags => flags.split(' ').filter(Boolean)),
    filesystems: () =>
      si.fsSize().then(disks => disks.map(disk => ({mount: disk.mount, freeMiB: Math.floor(disk.available / MIB)}))),
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
