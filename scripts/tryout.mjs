// npm start, npm stop: from a fresh clone to a notebook that answers, installing only what is missing.
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, statSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const project = join(root, 'examples', 'first-notebook');

const age = path => (existsSync(path) ? statSync(path).mtimeMs : 0);
const newest = folder => Math.max(...readdirSync(folder, {recursive: true}).map(name => age(join(folder, name))));

function run(program, args) {
  const {status} = spawnSync(program, args, {stdio: ['inherit', 2, 2]});
  if (status !== 0) process.exit(status ?? 1);
}

/** The package's own code and what it needs, no more than is missing. */
function prepare() {
  if (age('node_modules/.package-lock.json') < age('package-lock.json')) {
    process.stderr.write('Installing npm packages …\n');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (age('dist/meta.json') < Math.max(newest('src'), age('package.json')))
    run(process.execPath, ['scripts/build.mjs']);
}

async function start(tryout) {
  const own = await tryout.ensureEngine();
  const {status} = spawnSync(process.execPath, ['bin/run.js', 'notebook', project], {stdio: 'inherit'});
  if (status !== 0) return status ?? 1;
  process.stderr.write(own ? 'Stop the notebook and the private engine with: npm stop\n' : 'Or with: npm stop\n');
  return 0;
}

prepare();
const tryout = createRequire(import.meta.url)('../dist/tryout.js');
try {
  process.exitCode = process.argv[2] === 'stop' ? await tryout.stopTryout(project).then(() => 0) : await start(tryout);
} catch (error) {
  process.exitCode = tryout.report(error);
}
