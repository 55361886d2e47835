// tsx test/lab/remapped.ts up|down FOLDER: an engine that remaps users (dockerd --userns-remap) to the numbers of `games`,
// which /etc/subuid and /etc/subgid have to give it.

import {engineGetter} from '../../src/engine/get.js';
import {startDaemon, stopDaemon} from '../../src/engine/private/daemon.js';
import type {DaemonSpec} from '../../src/engine/private/daemon-files.js';
import {privateRoot} from '../../src/engine/private/paths.js';
import {liveWorld} from '../../src/world/live.js';

const [what, folder = ''] = process.argv.slice(2);
const world = liveWorld(engineGetter);
const spec: DaemonSpec = {
  folder,
  root: privateRoot(process.env),
  bridge: 'gpudock-test2',
  path: [],
  settings: {'userns-remap': 'games'},
};
if (what === 'up') await startDaemon(world, spec, {say: () => {}, signal: new AbortController().signal});
else await stopDaemon(world, spec);
