// Bundles src/ into dist/ (one entry per command, shared chunks; see chunks.mjs) and writes oclif.manifest.json.
import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {rolldown} from 'rolldown';
import {chunkOf} from './chunks.mjs';
import {writeInventory} from './inventory.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const commands = readdirSync('src/commands', {recursive: true})
  .filter(file => file.endsWith('.ts'))
  .map(file => `commands/${file.replace(/\.ts$/, '')}`);

/**
 * Parts of a library that gpudock has no use for, or few runs. dockerode's gRPC session and BuildKit decoder are for
 * builds, which buildx does; oclif globs for commands only where there is no manifest; docker-modem's ssh is for ssh://
 * engines, and lies in a file of its own.
 */
const unused = what => `() => { throw new Error('gpudock is packed without ${what}'); }`;
const partsApart = {
  './session': `module.exports = ${unused('build sessions')};`,
  './buildkit': `module.exports = {followProgress: ${unused('the BuildKit decoder')}};`,
  './ssh': "module.exports = (...given) => require('node:module').createRequire(__filename)('./ssh.cjs')(...given);",
  tinyglobby: `exports.glob = ${unused('a search for commands: oclif.manifest.json is missing')};`,
};
const apart = {
  name: 'apart',
  resolveId: {
    filter: {id: /^(?:\.\/(?:session|buildkit|ssh)|tinyglobby)$/},
    handler: (id, importer) =>
      /node_modules\/(?:dockerode|docker-modem|@oclif\/core)\/lib\//.test(importer) ? `\0apart:${id}` : undefined,
  },
  load: {
    filter: {id: /^\0apart:/},
    handler: id => ({code: partsApart[id.slice('\0apart:'.length)], moduleType: 'js'}),
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

/** Comments and spaces go, names stay: a stack trace can be read. */
const minify = {compress: true, mangle: false, codegen: {removeWhitespace: true}};
const common = {platform: 'node', transform: {target: 'node20'}, checks: {ineffectiveDynamicImport: false}};

async function bundled(input, output) {
  const bundle = await rolldown({...common, ...input});
  const {output: files} = await bundle.write({dir: 'dist', minify, ...output});
  await bundle.close();
  return files.filter(({type}) => type === 'chunk');
}

rmSync('dist', {recursive: true, force: true});
const entries = ['main', 'complete', 'tryout', 'command-not-found', ...commands];
const chunks = await bundled(
  {
    input: Object.fromEntries(entries.map(name => [name, `src/${name}.ts`])),
    // oclif core is CommonJS and asks for typescript only in its own development mode.
    external: ['typescript'],
    preserveEntrySignatures: 'allow-extension',
    plugins: [apart, plainOrder],
  },
  {
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: {includeDependenciesRecursively: false, groups: [{debugName: 'by subject', name: chunkOf(entries)}]},
  },
);
const ssh = await bundled(
  // Native parts that ssh2 does without.
  {input: {ssh: 'docker-modem/lib/ssh.js'}, external: ['cpu-features', /\.node$/]},
  {format: 'cjs', entryFileNames: '[name].cjs'},
);

/** What lies in each file, and what it loads. */
const contents = ({fileName, imports, dynamicImports, modules}) => [
  `dist/${fileName}`,
  {
    imports: [
      ...imports.map(path => ({path: inDist(path), kind: 'static'})),
      ...dynamicImports.map(path => ({path: inDist(path), kind: 'dynamic'})),
    ],
    inputs: Object.keys(modules).map(path => relative(root, path)),
  },
];
const files = new Set([...chunks, ...ssh].map(({fileName}) => fileName));
const inDist = path => (files.has(path) ? `dist/${path}` : path);
const outputs = Object.fromEntries([...chunks, ...ssh].map(contents));
writeFileSync('dist/meta.json', JSON.stringify({outputs}));
writeInventory(Object.values(outputs).flatMap(({inputs}) => inputs));

const manifest = spawnSync(process.execPath, ['node_modules/oclif/bin/run.js', 'manifest'], {encoding: 'utf8'});
if (manifest.status !== 0) {
  process.stderr.write(manifest.stdout + manifest.stderr);
  process.exit(1);
}
