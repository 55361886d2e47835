import {join} from 'node:path';
import type {DaemonSpec} from '../../src/engine/private/daemon-files.js';
import {privateRoot} from '../../src/engine/private/paths.js';
import {cacheFolder} from '../../src/world/cache.js';

type Env = Record<string, string | undefined>;

/** Everything of the lab lies here; only the unpacked packages are shared with the private engine. */
export const labFolder = (env: Env): string => join(cacheFolder(env), 'lab');

/** What tests need to know of a running lab; kept in the file `lab.json` of its folder. */
export interface Lab {
  /** The engine, as DOCKER_HOST has it. */
  host: string;
  buildx: string;
  /** `127.0.0.1:PORT` */
  registry: string;
  /** References, as people write them, of the images that the registry holds. */
  images: string[];
  /** A folder for PATH, with the stand-in nvidia-smi. */
  gpuFolder: string;
}

export const labFile = (env: Env): string => join(labFolder(env), 'lab.json');

/** The lab's engine: its PATH has the stand-in hook, it knows the stand-in CDI devices, and it pulls from the registry. */
export const labDaemon = (env: Env, registry: string): DaemonSpec => ({
  folder: labFolder(env),
  root: privateRoot(env),
  bridge: 'gpudock-lab0',
  path: [join(labFolder(env), 'hook')],
  settings: {
    'registry-mirrors': [`http://${registry}`],
    'cdi-spec-dirs': [join(labFolder(env), 'cdi')],
    features: {cdi: true},
  },
});
