// Which file of dist/ a module goes to. A file costs a start half a millisecond, so that commands of one subject share
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

/** The bundler's question for each module; null: it is loaded on demand alone, and the bundler's to place. */
export function chunkOf(entries) {
  let reached = null;
  return (id, bundle) => {
    reached ??= reach(entries, file => bundle.getModuleInfo(file)?.importedIds ?? []);
    const by = reached.get(id);
    if (by === undefined) return null;
    // Every command comes after main.
    return by.has('main') ? 'main-part' : [...by].sort().join('-');
  };
}

/** The subjects that load a module before their first line runs. */
function reach(entries, importsOf) {
  const reached = new Map();
  const walk = (id, subject) => {
    const by = reached.get(id) ?? new Set();
    if (by.has(subject)) return;
    reached.set(id, by.add(subject));
    for (const next of importsOf(id)) walk(next, subject);
  };
  for (const entry of entries) walk(resolve(`src/${entry}.ts`), subjectOf(entry));
  return reached;
}
