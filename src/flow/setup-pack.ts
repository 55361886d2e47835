import type {SetupPack} from '../contract/setup.js';
import {probe} from '../host/probe.js';
import {NOTHING_INSTALLED, type Packable} from '../setup/download.js';
import {offeredDebs, offeredRpms, readSetupFacts} from '../setup/facts.js';
import {machineOf} from '../setup/machine.js';
import {carryOutPack, packable, planPack} from '../setup/pack.js';
import type {Offers} from '../setup/packages.js';
import {cacheFolder} from '../world/cache.js';
import type {World} from '../world/world.js';

export interface PackOptions {
  /** Absolute path of the bundle to write. */
  file: string;
  planOnly: boolean;
  say(line: string): void;
  /** What the package manager says while it works. */
  hear(line: string): void;
  signal: AbortSignal;
}

/** Writes a bundle that sets up a machine without a network. Nothing is installed or changed here. */
export async function packUp(world: World, {file, planOnly, say, hear, signal}: PackOptions): Promise<SetupPack> {
  const host = await probe(world);
  const {release} = await readSetupFacts(world, host);
  const family = packable(release);
  const plan = planPack({release, offers: family && (await offered(world, family))}, file);
  if (planOnly || family === null) return plan;
  const packing = {host, family, cache: cacheFolder(world.env), say, signal};
  return carryOutPack(machineOf(world, host, signal, hear), plan, packing);
}

const offered = (world: World, family: Packable): Promise<Offers> =>
  family === 'debian' ? offeredDebs(world, NOTHING_INSTALLED) : offeredRpms(world, family);
