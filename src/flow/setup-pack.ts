import type {SetupPack} from '../contract/setup.js';
import {probe} from '../host/probe.js';
import {offeredDebs, readSetupFacts} from '../setup/facts.js';
import {machineOf} from '../setup/machine.js';
import {carryOutPack, NOTHING_INSTALLED, planPack} from '../setup/pack.js';
import {cacheFolder} from '../world/cache.js';
import type {World} from '../world/world.js';

export interface PackOptions {
  /** Absolute path of the bundle to write. */
  file: string;
  planOnly: boolean;
  say(line: string): void;
  signal: AbortSignal;
}

/** Writes a bundle that sets up a machine without a network. Nothing is installed or changed here. */
export async function packUp(world: World, {file, planOnly, say, signal}: PackOptions): Promise<SetupPack> {
  const host = await probe(world);
  const facts = await readSetupFacts(world, host);
  const offers = facts.offers && (await offeredDebs(world, NOTHING_INSTALLED));
  const plan = planPack({...facts, offers}, file);
  if (planOnly) return plan;
  return carryOutPack(machineOf(world, host, signal), plan, {cache: cacheFolder(world.env), say, signal});
}
