// npm test: unit tests in as many processes as there are cores; then, one after the other, those that share the lab.
// Prints the totals of both alone on the last line, and fails a run of CI in which no test of the lab was executed.
import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'gpudock-test-'));
let passed = 0;
let failed = 0;
try {
  run('unit', ['--maxWorkers=100%']);
  const before = passed + failed;
  run('lab', ['--runInBand'], ['engine', 'e2e']);
  if (process.env.CI !== undefined && passed + failed === before) failed++;
} finally {
  rmSync(folder, {recursive: true, force: true});
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function run(name, flags, projects = [name]) {
  const file = join(folder, `${name}.json`);
  const {status} = spawnSync(
    process.execPath,
    ['scripts/jest.mjs', ...flags, '--json', `--outputFile=${file}`, '--selectProjects', ...projects],
    {stdio: 'inherit'},
  );
  const totals = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  const broken = totals === null ? 0 : totals.numFailedTests + totals.numRuntimeErrorTestSuites;
  passed += totals?.numPassedTests ?? 0;
  // What failed outside of every test is a failure too.
  failed += broken === 0 && status !== 0 ? 1 : broken;
}
