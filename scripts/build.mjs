// Bundles src/ into dist/ (one entry per command, shared chunks) and writes oclif.manifest.json.
import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {writeInventory} from './inventory.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const commands = readdirSync('src/commands', {recursive: true})
  .filter(file => file.endsWith('.ts'))
  .map(file => join('src/commands', file));

/**
 * Parts of a library that gpudock has no use for, or few runs. dockerode's gRPC session and BuildKit decoder are for
 * builds, which buildx does; oclif globs for commands only where there is no manifest; docker-modem's ssh is for ssh://
 * engines, and lies in a file of its own.
 */
const unused = what => `() => { throw new Error('gpudock is packed without ${what}'); }`;
const partsApart = {
  './session': `module.exports = ${unused('build sessions')};`,
  './buildkit': `module.exports = {followProgress: ${unused('the BuildKit decoder')}};`,
  './ssh': "module.exports = (...given) => __createRequire(__bundleFile)('./ssh.cjs')(...given);",
  tinyglobby: `exports.glob = ${unused('a search for commands: oclif.manifest.json is missing')};`,
};
const apart = {
  name: 'apart',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^(?:\.\/(?:session|buildkit|ssh)|tinyglobby)$/}, ({path, importer}) =>
      /node_modules\/(?:dockerode|docker-modem|@oclif\/core)\/lib\//.test(importer)
        ? {path, namespace: 'apart'}
        : undefined,
    );
    onLoad({filter: /./, namespace: 'apart'}, ({path}) => ({contents: partsApart[path]}));
  },
};

/**
 * oclif sorts the commands' ids by the rules of a language. Those rules are loaded at the first question, which is a
 * tenth of a start; ids are ASCII.
 */
const plainOrder = {
  name: 'plain-order',
  setup({onLoad}) {
    const [byLanguage, byCode] = ['a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)'];
    onLoad({filter: /@oclif\/core\/lib\/config\/plugin\.js$/}, ({path}) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes(byLanguage)) throw new Error(`${path} sorts in another way now: see scripts/build.mjs`);
      return {contents: source.replace(byLanguage, byCode)};
    });
  },
};

rmSync('dist', {recursive: true, force: true});
const {metafile} = await build({
  entryPoints: ['src/main.ts', 'src/complete.ts', 'src/tryout.ts', 'src/command-not-found.ts', ...commands],
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  metafile: true,
  minifyWhitespace: true,
  minifySyntax: true,
  // oclif core is CommonJS and asks for typescript only in its own development mode.
  external: ['typescript'],
  // Under names of their own: modules that declare these two themselves are not in their way.
  define: {__filename: '__bundleFile', __dirname: '__bundleFolder'},
  plugins: [apart, plainOrder],
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';import {fileURLToPath as __toPath} from 'node:url';import {dirname as __dir} from 'node:path';const require=__createRequire(import.meta.url);const __bundleFile=__toPath(import.meta.url);const __bundleFolder=__dir(__bundleFile);",
  },
  logLevel: 'warning',
});
const ssh = await build({
  entryPoints: {ssh: 'docker-modem/lib/ssh.js'},
  outdir: 'dist',
  outExtension: {'.js': '.cjs'},
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  metafile: true,
  minifyWhitespace: true,
  minifySyntax: true,
  // Native parts that ssh2 does without.
  external: ['cpu-features', '*.node'],
  logLevel: 'warning',
});
writeFileSync('dist/meta.json', JSON.stringify(metafile));
writeInventory([metafile, ssh.metafile]);

const manifest = spawnSync(process.execPath, ['node_modules/oclif/bin/run.js', 'manifest'], {encoding: 'utf8'});
if (manifest.status !== 0) {
  process.stderr.write(manifest.stdout + manifest.stderr);
  process.exit(1);
}
