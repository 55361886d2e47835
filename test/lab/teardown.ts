import {spawnSync} from 'node:child_process';

/** jest's globalTeardown: the lab stays up, without the images that its tests left. */
export default function teardown(): void {
  spawnSync(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'test/lab/main.ts', 'tidy'], {stdio: 'ignore'});
}
