import type {Host} from '../contract/host.js';
import type {Evidence} from '../diagnosis/evidence.js';
import type {World} from '../world/world.js';
import {readDriverEvidence} from './evidence/driver.js';
import {readEngineEvidence} from './evidence/engine.js';
import {readSystemEvidence} from './evidence/system.js';
import {readToolkitEvidence} from './evidence/toolkit.js';

/** Milliseconds for each thing asked; all are asked side by side. */
const TIME_LIMIT = 4_000;

/** What the doctor wants to know besides the host facts. Through the World, so that a capture replays it; changes nothing. */
export async function readEvidence(world: World, host: Host): Promise<Evidence> {
  const [driver, [engine, toolkit], system] = await Promise.all([
    readDriverEvidence(world, host, TIME_LIMIT),
    readEngineEvidence(world, host, TIME_LIMIT).then(
      async engine => [engine, await readToolkitEvidence(world, isHere(host) ? engine.cdiFolders : null)] as const,
    ),
    readSystemEvidence(world, host, TIME_LIMIT),
  ]);
  return {driver, toolkit, engine, system};
}

/** The engine's folders are those of this machine. */
const isHere = ({engine}: Host): boolean => engine.remote === false && !engine.snap && !engine.desktop;
