import {spawnSync} from 'node:child_process';

/** jest's globalSetup: the lab in a process of its own, once for all engine and browser tests. */
export default function setup(): void {
  const {status} = spawnSync(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'test/lab/main.ts', 'up'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('the lab could not be started: npm run lab -- up');
}
