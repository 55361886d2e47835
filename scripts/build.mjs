// Bundles src/ into dist/ (one entry per command, shared chunks; see chunks.mjs) and writes oclif.manifest.json.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {rolldown} from 'rolldown';
import {chunkOf} from './chunks.mjs';
import {writeInventory} from './inventory.mjs';
import {APART, lighterLibraries, nameApart} from './lighter-libraries.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const commands = readdirSync('src/commands', {recursive: true})
  .filter(file => file.endsWith('.ts'))
  .map(file => `commands/${file.replace(/\.ts$/, '')}`);

/** Comments and spaces go, names of functions stay: a stack trace can be read. */
const minify = {compress: true, mangle: {toplevel: true, keepNames: true}, codegen: {removeWhitespace: true}};
const common = {
  platform: 'node',
  transform: {target: 'node20'},
  checks: {ineffectiveDynamicImport: false},
  // Most wrapped modules are not called in most runs: to compile them all as they are read takes longer.
  optimization: {pifeForModuleWrappers: false},
};

async function bundled(input, output) {
  const bundle = await rolldown({...common, ...input});
  const {output: files} = await bundle.write({dir: 'dist', format: 'cjs', minify, ...output});
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
    plugins: lighterLibraries,
  },
  {
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: {includeDependenciesRecursively: false, groups: [{debugName: 'by subject', name: chunkOf(entries)}]},
  },
);
const partsApart = await bundled(
  {
    input: Object.fromEntries(APART.map(module => [nameApart(module), module])),
    // Native parts that ssh2 does without.
    external: ['cpu-features', /\.node$/],
  },
  {entryFileNames: '[name].cjs'},
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
const files = new Set([...chunks, ...partsApart].map(({fileName}) => fileName));
const inDist = path => (files.has(path) ? `dist/${path}` : path);
const outputs = Object.fromEntries([...chunks, ...partsApart].map(contents));
writeFileSync('dist/meta.json', JSON.stringify({outputs}));
writeInventory(Object.values(outputs).flatMap(({inputs}) => inputs));

// Node reads CommonJS without the asynchronous steps that each file of ESM costs.
writeFileSync('dist/package.json', '{"type": "commonjs"}\n');

// By it bin/compiled-code.js tells one build from another.
const print = createHash('sha256');
for (const {fileName} of [...chunks, ...partsApart]) print.update(readFileSync(join('dist', fileName)));
writeFileSync('dist/fingerprint', print.digest('hex').slice(0, 16));

const manifest = spawnSync(process.execPath, ['node_modules/oclif/bin/run.js', 'manifest'], {encoding: 'utf8'});
if (manifest.status !== 0) {
  process.stderr.write(manifest.stdout + manifest.stderr);
  process.exit(1);
}
