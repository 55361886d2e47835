import {userInfo} from 'node:os';
import type {Project} from '../environment/project.js';
import type {Caller} from '../launch/user.js';

/**
 * Who calls. For root it is whoever root acts for: the user of `sudo`, else the owner of the project folder, so that
 * files do not end up belonging to root in somebody's folder.
 */
export function caller(env: Readonly<Record<string, string | undefined>>, project: Pick<Project, 'owner'>): Caller {
  const uid = process.getuid?.() ?? 1000;
  const gid = process.getgid?.() ?? 1000;
  if (uid !== 0) return {uid, gid, name: userName() ?? env.USER ?? 'user', groups: process.getgroups?.() ?? []};
  const sudo = Number(env.SUDO_UID);
  if (Number.isInteger(sudo) && sudo > 0)
    return {uid: sudo, gid: Number(env.SUDO_GID) || sudo, name: env.SUDO_USER ?? 'user', groups: []};
  const {owner} = project;
  return owner.uid === 0 ? {uid: 0, gid: 0, name: 'root', groups: []} : {...owner, name: 'user', groups: []};
}

/** null where this uid has no name: in a container, or on a machine whose directory service is away. */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
