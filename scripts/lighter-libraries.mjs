// What the bundle does to libraries so that a start reads and runs less of them: rolldown plugins.
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';

/** Parts that few runs need, each in a file of its own that is read at its first use. */
export const APART = ['docker-modem/lib/ssh.js', 'ejs', 'minimatch'];
export const nameApart = module => basename(module, '.js');
/**
 * What stands for parts of a library that gpudock has no use for: dockerode's gRPC session and BuildKit decoder are for
 * builds, which buildx does; oclif globs for commands only where there is no manifest, and asks for WSL for its
 * installers' sake. docker-modem asks for its ssh before it knows whether it needs it.
 */
const unused = what => `() => { throw new Error('gpudock is packed without ${what}'); }`;
const STAND_INS = {
  './session': `module.exports = ${unused('build sessions')};`,
  './buildkit': `module.exports = {followProgress: ${unused('the BuildKit decoder')}};`,
  './ssh': "module.exports = (...given) => require('docker-modem/lib/ssh.js')(...given);",
  tinyglobby: `exports.glob = ${unused('a search for commands: oclif.manifest.json is missing')};`,
  'wsl-utils': 'exports.isWsl = false;',
};
const idsOf = names => new RegExp(`^(?:${names.join('|').replaceAll('.', '\\.')})$`);
const ofLibrary = importer =>
  /^\0stand-in:|node_modules\/(?:dockerode|docker-modem|@oclif\/core)\/lib\//.test(importer);
const standIns = {
  name: 'stand-ins',
  resolveId: {
    filter: {id: idsOf(Object.keys(STAND_INS))},
    handler: (id, importer) => (ofLibrary(importer) ? `\0stand-in:${id}` : undefined),
  },
  load: {
    filter: {id: /^\0stand-in:/},
    handler: id => ({code: STAND_INS[id.slice('\0stand-in:'.length)], moduleType: 'js'}),
  },
};
const apart = {
  name: 'apart',
  resolveId: {
    filter: {id: idsOf(APART)},
    handler: (id, importer) => (ofLibrary(importer) ? {id: `./${nameApart(id)}.cjs`, external: true} : undefined),
  },
};

/**
 * oclif sorts the commands' ids by the rules of a language. Those rules are loaded at the first question, which is a
 * tenth of a start; ids are ASCII.
 */
const plainOrder = {
  name: 'plain-order',
  load: {
    filter: {id: /@oclif\/core\/lib\/config\/plugin\.js$/},
    handler(id) {
      const [byLanguage, byCode] = ['a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)'];
      const source = readFileSync(id, 'utf8');
      if (!source.includes(byLanguage)) throw new Error(`${id} sorts in another way now: see scripts/build.mjs`);
      return source.replace(byLanguage, byCode);
    },
  },
};

/**
 * oclif's modules load all others before their first line runs; most starts use a third of them. As TypeScript wrote
 * them, each `const name_1 = require(…)` is used as `name_1.member` alone: so it can be asked for at its first use.
 */
const whenUsed = {
  name: 'when-used',
  transform: {
    filter: {id: /@oclif\/core\/lib\/.*\.js$/},
    handler(code) {
      const load = /^const (\w+_\d) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm;
      const loads = [...code.matchAll(load)];
      if (loads.length === 0) return null;
      const names = loads.map(([, name]) => name).join('|');
      const asked = loads.map(([, name, value]) => `let ${name}$$; const ${name}$ = () => (${name}$$ ??= ${value});`);
      return `${asked.join('\n')}\n${code.replace(load, '').replace(new RegExp(`\\b(?:${names})\\b`, 'g'), '($&$())')}`;
    },
  },
};

/** Node's own modules are there at once; `import()` first loads what loads ESM, and is not there for code that was kept. */
const ownModules = {
  name: 'own-modules',
  renderChunk: code =>
    code.replace(/\bimport\((["'`]node:[\w/]+["'`])\)/g, 'Promise.resolve().then(() => require($1))'),
};

export const lighterLibraries = [standIns, apart, plainOrder, whenUsed, ownModules];
