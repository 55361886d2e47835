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

rmSync('dist', {recursive: true, force: true});
const {metafile} = await build({
  entryPoints: ['src/main.ts', 'src/tryout.ts', ...commands],
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
  // oclif core is CommonJS and asks for typescript only in its own development mode; dockerode reads its .proto files by path.
  external: ['typescript', 'dockerode', 'systeminformation', '@oclif/plugin-*'],
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';import {fileURLToPath as __toPath} from 'node:url';import {dirname as __dir} from 'node:path';const require=__createRequire(import.meta.url);const __filename=__toPath(import.meta.url);const __dirname=__dir(__filename);",
  },
  logLevel: 'warning',
});
writeFileSync('dist/meta.json', JSON.stringify(metafile));

const manifest = spawnSync(process.execPath, ['node_modules/oclif/bin/run.js', 'manifest'], {encoding: 'utf8'});
if (manifest.status !== 0) {
  process.stderr.write(manifest.stdout + manifest.stderr);
  process.exit(1);
}
