import {join} from 'node:path';
import {cacheFolder} from '../../src/engine/private/paths.js';

/** Everything of the lab lies here; `npm run lab -- down` stops what runs, removing the folder removes it whole. */
export const labFolder = join(cacheFolder(process.env), 'lab');
export const labFile = join(labFolder, 'lab.json');

/** Where the tests find the parts of the lab. */
export interface Lab {
  /** `unix://…` of the lab's engine. */
  engine: string;
  /** `127.0.0.1:PORT` of the lab's registry, which the engine takes for docker.io. */
  registry: string;
  /** Folder with the stand-in nvidia-smi; tests put it first on PATH. */
  gpu: string;
  chromium: {program: string; env: Record<string, string>};
}
