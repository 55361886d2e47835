// Bundles src/ into dist/ (one entry per command, shared chunks) and writes oclif.manifest.json.
import {spawnSync} from 'node:child_process';
import {readdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const commands = readdirSync('src/commands', {recursive: true})
  .filter(file => file.endsWith('.ts'))
  .map(file => join('src/commands', file));

/**
 * Parts of a library that few runs need and that take longer to load than the rest of it: loaded when they are called.
 * dockerode's gRPC session and BuildKit decoder read .proto files beside them; docker-modem's ssh is for ssh:// engines;
 * oclif globs for commands only where there is no manifest.
 */
const called = part => `(...given) => ${part}(...given)`;
const deferredParts = {
  './session': `module.exports = ${called("require('dockerode/lib/session.js')")};`,
  './buildkit': "module.exports = require('dockerode/lib/buildkit.js');",
  './ssh': `module.exports = ${called("__createRequire(require.resolve('dockerode'))('docker-modem/lib/ssh.js')")};`,
  tinyglobby: `exports.glob = ${called("__createRequire(require.resolve('@oclif/core'))('tinyglobby').glob")};`,
};
const deferred = {
  name: 'deferred',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^(?:\.\/(?:session|buildkit|ssh)|tinyglobby)$/}, ({path, importer}) =>
      /node_modules\/(?:dockerode|docker-modem|@oclif\/core)\/lib\//.test(importer)
        ? {path, namespace: 'deferred'}
        : undefined,
    );
    onLoad({filter: /./, namespace: 'deferred'}, ({path}) => ({contents: deferredParts[path]}));
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
  external: ['typescript', 'dockerode/*', 'systeminformation', '@oclif/plugin-*'],
  // Under names of their own: modules that declare these two themselves are not in their way.
  define: {__filename: '__bundleFile', __dirname: '__bundleFolder'},
  plugins: [deferred],
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';import {fileURLToPath as __toPath} from 'node:url';import {dirname as __dir} from 'node:path';const require=__createRequire(import.meta.url);const __bundleFile=__toPath(import.meta.url);const __bundleFolder=__dir(__bundleFile);",
  },
  logLevel: 'warning',
});
writeFileSync('dist/meta.json', JSON.stringify(metafile));

const manifest = spawnSync(process.execPath, ['node_modules/oclif/bin/run.js', 'manifest'], {encoding: 'utf8'});
if (manifest.status !== 0) {
  process.stderr.write(manifest.stdout + manifest.stderr);
  process.exit(1);
}
