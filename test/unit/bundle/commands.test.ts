import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {expect, test} from '@jest/globals';
import * as z from 'zod';
import {EXIT} from '../../../src/failure.js';

const Manifest = z.object({
  commands: z.record(
    z.string(),
    z.object({
      pluginName: z.string(),
      summary: z.string().optional(),
      examples: z.array(z.string()).optional(),
      flags: z.record(z.string(), z.unknown()),
    }),
  ),
});
const {commands} = Manifest.parse(JSON.parse(readFileSync('oclif.manifest.json', 'utf8')));
const own = Object.entries(commands).filter(([, {pluginName}]) => pluginName === 'gpudock');
const FAILURE = z.fromJSONSchema(JSON.parse(readFileSync('schemas/failure.json', 'utf8')));

test.each(own)(
  '%s has a summary, an example that starts as it is typed, and --json',
  (_, {summary, examples, flags}) => {
    expect(summary).toMatch(/\S/);
    expect(examples?.[0]).toContain('<%= config.bin %> <%= command.id %>');
    expect(Object.keys(flags)).toContain('json');
  },
);

/** They return the code of the job, and another one where gpudock itself failed. */
const JOBS = ['exec', 'run', 'shell'];

/** No engine, no driver, an empty folder: nearly every command fails here, and tells so in one document. */
const run = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [`${process.cwd()}/bin/run.js`, ...args], {
    encoding: 'utf8',
    cwd: tmpdir(),
    env: {PATH: '/usr/bin:/bin', HOME: '/nonexistent', DOCKER_HOST: 'unix:///nonexistent/docker.sock'},
    input,
  });

test.each(own.map(([id]) => id))(
  '%s --json with a flag that does not exist: one failure on stdout, and its exit code',
  id => {
    const {stdout, status} = run([...id.split(':'), '--json', '--no-such-flag']);
    expect(FAILURE.safeParse(JSON.parse(stdout)).error).toBeUndefined();
    expect(status).toBe(JOBS.includes(id) ? EXIT.ownFailure : EXIT.usage);
  },
);

test('the version is told by the launcher as by the framework', () => {
  const told = (...args: string[]) => execFileSync(process.execPath, ['bin/run.js', ...args], {encoding: 'utf8'});
  // With a word more it is the framework that answers.
  expect(told('--version')).toBe(told('--version', 'again'));
});

test('--quiet leaves the result and nothing else', () => {
  const {stdout, stderr} = run(['check', '--quiet', '--offline', 'python:3.12-slim']);
  expect([stdout.split(':')[0], stderr]).toEqual(['python', '']);
});

test('what lies on stdin is no argument: a loop over lines keeps them', () => {
  const {stdout} = run(['match', '--for-driver', '535.104.05', '--for-gpu', 'RTX 4090', '--json'], 'jax\n');
  expect(JSON.parse(stdout)).toMatchObject({request: {specs: []}});
});
