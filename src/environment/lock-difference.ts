import type {Lock, LockedPackage} from './lock.js';

/** What another lock changes: `from` null: it is new; `to` null: it is gone. */
export interface Change {
  what: 'base' | 'conda' | 'python' | 'apt';
  name: string;
  from: string | null;
  to: string | null;
}

/** Every change from one lock to the next, the base first; `before` null: there was none. Pure. */
export function lockDifference(before: Lock | null, after: Lock): Change[] {
  return [
    ...changes('base', baseVersions(before), baseVersions(after)),
    ...changes('conda', condaVersions(before), condaVersions(after)),
    ...changes('python', pythonVersions(before?.python), pythonVersions(after.python)),
    ...changes('apt', aptVersions(before), aptVersions(after)),
  ];
}

function changes(what: Change['what'], before: Map<string, string>, after: Map<string, string>): Change[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const all = names.map(name => ({what, name, from: before.get(name) ?? null, to: after.get(name) ?? null}));
  return all.filter(({from, to}) => from !== to);
}

function baseVersions(lock: Lock | null): Map<string, string> {
  if (lock === null) return new Map();
  const {image, builder} = lock.base;
  const [own, compiling] = [named(image), named(builder)];
  const program = lock.conda === undefined ? [] : [named(lock.conda.micromamba)];
  return new Map([
    [own.name, own.version],
    ...program.map(({name, version}) => [name, version] as const),
    ...(builder.reference === image.reference ? [] : ([[`${compiling.name} (builder)`, compiling.version]] as const)),
  ]);
}

/** An image's name, and its tag with the beginning of its digest. */
function named({reference, digest}: Lock['base']['image']): {name: string; version: string} {
  const [, name = reference, tag = 'latest'] = /^([^@]*?)(?::([^:/@]*))?(?:@.*)?$/s.exec(reference) ?? [];
  return {name, version: `${tag}${digest === null ? '' : `@${digest.slice(0, 19)}`}`};
}

const condaVersions = (lock: Lock | null): Map<string, string> =>
  new Map((lock?.conda?.packages ?? []).map(({name, version}) => [name, version]));

const pythonVersions = (packages: readonly LockedPackage[] = []): Map<string, string> =>
  new Map(packages.map(({name, version, url}) => [name, url ?? version ?? '']));

const aptVersions = (lock: Lock | null): Map<string, string> =>
  new Map(
    [...(lock?.apt.builder ?? []), ...(lock?.apt.image ?? [])].map(line => line.split('=', 2) as [string, string]),
  );
