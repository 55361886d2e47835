// Which file of dist/ a module goes to. A file costs a start some tenths of a millisecond, so that commands of one subject share
// theirs: what any of them needs from its first line on lies together, apart from what other subjects need too.
import {resolve} from 'node:path';

const subjects = {
  launch: ['notebook', 'run', 'shell', 'serve'],
  container: ['ps', 'logs', 'stop', 'rm', 'exec', 'open', 'cp'],
  image: ['build', 'dockerfile', 'lock', 'upgrade', 'images', 'prune', 'volumes', 'commit', 'fix-perms'],
  verdict: ['check', 'match', 'matrix/show', 'matrix/update', 'matrix/verify'],
  host: ['host', 'doctor', 'explain', 'top'],
  settings: ['init', 'config', 'setup', 'completion'],
  bench: ['bench', 'bench/compare', 'bench/images', 'bench/launch'],
};

/** A command of no subject, or another entry, is its own. */
const subjectOf = entry =>
  Object.keys(subjects).find(subject => subjects[subject].some(command => entry === `commands/${command}`)) ??
  entry.replace('/', '-');

/**
 * The bundler's question for each module; null: it is loaded on demand alone, and the bundler's to place. What is loaded
 * both at once and on demand lies apart: who asks for it later gets it without the rest of a subject.
 */
export function chunkOf(entries) {
  let reached = null;
  return (id, bundle) => {
    reached ??= reach(entries, file => bundle.getModuleInfo(file));
    const {subjects, demands} = reached.get(id) ?? NOBODY;
    if (subjects.size === 0) return null;
    // Every command comes after main.
    if (subjects.has('main')) return 'main-part';
    return [...[...subjects].sort(), ...[...demands].sort()].join('-');
  };
}

/** What explains failures is long, and most runs have none; `check` asks a registry, and builds nothing. */
const demandOf = id =>
  id.includes('/src/diagnosis/') ? 'failure' : id.endsWith('/src/flow/registry-facts.ts') ? 'registry' : 'demand';

const NOBODY = {subjects: new Set(), demands: new Set()};

/** Of each module the subjects that load it before their first line runs, and what is loaded on demand with it. */
function reach(entries, infoOf) {
  const reached = new Map();
  const demanded = new Set();
  const walk = (id, kind, by) => {
    const found = reached.get(id) ?? {subjects: new Set(), demands: new Set()};
    if (found[kind].has(by)) return;
    reached.set(id, found);
    found[kind].add(by);
    const {importedIds = [], dynamicallyImportedIds = []} = infoOf(id) ?? {};
    for (const next of importedIds) walk(next, kind, by);
    for (const next of dynamicallyImportedIds) {
      if (demanded.has(next)) continue;
      demanded.add(next);
      walk(next, 'demands', demandOf(next));
    }
  };
  for (const entry of entries) walk(resolve(`src/${entry}.ts`), 'subjects', subjectOf(entry));
  return reached;
}
