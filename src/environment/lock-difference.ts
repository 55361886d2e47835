import type {Lock, LockedPackage} from './lock.js';

/** What another lock changes: `from` null: it is new; `to` null: it is gone. */
export interface Change {
  what: 'base' | 'python' | 'apt';
  name: string;
  from: string | null;
  to: string | null;
}

/** Every change from one lock to the next, the base first; `before` null: there was none. Pure. */
export function lockDifference(before: Lock | null, after: Lock): Change[] {
  return [
    ...changes('base', baseVersions(before), baseVersions(after)),
    ...changes('python', pythonVersions(before?.python), pythonVersions(after.python)),
    ...changes('apt', aptVersions(before), aptVersions(after)),
  ];
}

function changes(what: Change['what'], before: Map<string, string>, after: Map<string, string>): Change[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const all = names.map(name => ({what, name, from: before.get(name) ?? null, to: after.get(name) ?? null}));
  return all.filter(({from, to}) => from !== to);
}

const baseVersions = (lock: Lock | null): Map<string, string> =>
  new Map(
    lock === null
      ? []
      : [
          [lock.base.image.reference.replace(/[:@].*$/s, ''), pinned(lock.base.image)],
          ...(lock.base.builder.reference === lock.base.image.reference
            ? []
            : ([
                [`${lock.base.builder.reference.replace(/[:@].*$/s, '')} (builder)`, pinned(lock.base.builder)],
              ] as const)),
        ],
  );

/** A tag with the beginning of its digest. */
const pinned = ({reference, digest}: Lock['base']['image']): string =>
  `${reference.split(':').at(-1)}${digest === null ? '' : `@${digest.slice(0, 19)}`}`;

const pythonVersions = (packages: readonly LockedPackage[] = []): Map<string, string> =>
  new Map(packages.map(({name, version, url}) => [name, url ?? version ?? '']));

const aptVersions = (lock: Lock | null): Map<string, string> =>
  new Map(
    [...(lock?.apt.builder ?? []), ...(lock?.apt.image ?? [])].map(line => line.split('=', 2) as [string, string]),
  );
