import {amount, fields, isObject, text, texts} from '../world/document.js';
import type {SystemFacts} from '../world/world.js';

/** `system.json` of a capture; every part may be missing. null: not an object. */
export function parseSystemJson(value: unknown): SystemFacts | null {
  if (!isObject(value)) return null;
  const [os, resources, user] = [fields(value.os), fields(value.resources), fields(value.user)];
  return {
    os: {
      platform: text(os.platform) ?? null,
      distro: text(os.distro) ?? null,
      release: text(os.release) ?? null,
      kernel: text(os.kernel) ?? null,
      arch: text(os.arch) ?? null,
    },
    resources: {
      cpus: amount(resources.cpus) ?? null,
      cpuFlags: texts(resources.cpuFlags) ?? null,
      memoryMiB: amount(resources.memoryMiB) ?? null,
      shmMiB: amount(resources.shmMiB) ?? null,
    },
    filesystems: all(value.filesystems, filesystem),
    user: {
      uid: amount(user.uid) ?? null,
      gid: amount(user.gid) ?? null,
      name: text(user.name) ?? null,
      groups: all(user.groups, amount),
    },
  };
}

/** A list of which every element is read; null where one is not, or where there is no list. */
function all<T>(value: unknown, read: (element: unknown) => T | undefined): T[] | null {
  if (!Array.isArray(value)) return null;
  const known = value.map(read).filter(element => element !== undefined);
  return known.length === value.length ? known : null;
}

function filesystem(value: unknown): {mount: string; freeMiB: number} | undefined {
  const facts = fields(value);
  const [mount, freeMiB] = [text(facts.mount), amount(facts.freeMiB)];
  return mount === undefined || freeMiB === undefined ? undefined : {mount, freeMiB};
}
