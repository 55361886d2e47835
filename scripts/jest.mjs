// Starts jest with the flag that lets it load ES modules, and passes its own arguments on.
import {spawnSync} from 'node:child_process';

const {status} = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...process.argv.slice(2),
  ],
  {stdio: 'inherit'},
);
process.exit(status ?? 1);
