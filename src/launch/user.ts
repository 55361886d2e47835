import type {Host} from '../contract/host.js';
import type {Decision} from '../contract/launch.js';

/** Who calls gpudock. */
export interface Caller {
  uid: number;
  gid: number;
  name: string;
  groups: readonly number[];
}

/** The user inside the container, so that files on the host belong to the caller. */
export interface ContainerUser {
  /** `uid:gid` */
  user: string;
  /** The passwd entry that the container gets. */
  uid: number;
  gid: number;
  name: string;
  groupAdd: string[];
  usernsMode: string | null;
  decision: Decision;
}

/** Who is to be inside: the caller, root, or the numbers that were asked for (gid null: the same as uid). */
export type UserWish = 'caller' | 'root' | {uid: number; gid: number | null};

/** The user inside; the numbers that were asked for are the numbers inside, whatever they are outside. */
export function containerUser(host: Host, caller: Caller, wish: UserWish = 'caller'): ContainerUser {
  return wish === 'caller' ? mapped(host, caller) : asked(host, wish);
}

function asked({engine}: Host, wish: Exclude<UserWish, 'caller'>): ContainerUser {
  const {uid, gid} = wish === 'root' ? {uid: 0, gid: 0} : wish;
  const shifted = engine.rootless === true || engine.usernsRemap === true;
  const outside = shifted ? 'the engine maps the numbers to others outside' : `files on the host belong to ${uid}`;
  const user = `${uid}:${gid ?? uid}`;
  return {
    user,
    uid,
    gid: gid ?? uid,
    name: uid === 0 ? 'root' : 'user',
    groupAdd: [],
    usernsMode: null,
    decision: {setting: 'user', value: user, why: `asked for; ${outside}`},
  };
}

/**
 * Maps the caller by the engine's kind: rootful keeps the numbers, rootless Docker makes root inside the caller outside,
 * rootless Podman keeps the id, userns-remap is left for this container.
 */
function mapped(host: Host, caller: Caller): ContainerUser {
  const {engine} = host;
  const own = {
    user: `${caller.uid}:${caller.gid}`,
    uid: caller.uid,
    gid: caller.gid,
    name: caller.name,
    groupAdd: caller.groups.filter(group => group !== caller.gid && group !== 0).map(String),
    usernsMode: null,
  };
  const decision = (value: string, why: string): Decision => ({setting: 'user', value, why});
  const alone = own.groupAdd.length === 0 ? '' : '; your other groups do not count inside';
  if (engine.rootless === true && engine.kind === 'podman')
    return {
      ...own,
      groupAdd: [],
      usernsMode: 'keep-id',
      decision: decision(own.user, `rootless Podman keeps your id: files are yours${alone}`),
    };
  if (engine.rootless === true)
    return {
      ...own,
      user: '0:0',
      uid: 0,
      gid: 0,
      name: 'root',
      groupAdd: [],
      decision: decision('0:0', `this engine is rootless: root inside is you outside${alone}`),
    };
  if (engine.usernsRemap === true)
    return {
      ...own,
      usernsMode: 'host',
      decision: decision(own.user, 'the engine remaps users; this container does not, so files are yours'),
    };
  const why = caller.uid === 0 ? 'you are root: files belong to root' : 'files on the host belong to you';
  return {...own, decision: decision(own.user, why)};
}
