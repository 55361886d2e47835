import {join} from 'node:path';
import {cacheFolder, replaceCached} from '../world/cache.js';
import {fields} from '../world/document.js';
import type {World} from '../world/world.js';

/** A pull that ended well. */
export interface MeasuredPull {
  /** Compressed bytes that were fetched. */
  bytes: number;
  /** From the first request to the last layer unpacked. */
  seconds: number;
}

const LIMIT = 64 * 1024;
const MOST_HOSTS = 100;
/** Bytes. Of a smaller pull the requests take more time than what they bring. */
const SMALLEST = 10_000_000;

const ratesFile = (env: World['env']): string => join(cacheFolder(env), 'pull-rates.json');

/** Keeps the last pull from a registry (`docker.io`) as the measure of the next. Small ones measure nothing. */
export async function rememberPull(
  world: Pick<World, 'env' | 'read'>,
  registry: string,
  {bytes, seconds}: MeasuredPull,
): Promise<void> {
  if (bytes < SMALLEST || seconds <= 0) return;
  const {[registry]: _, ...others} = await readRates(world);
  const kept = Object.fromEntries(Object.entries(others).slice(-MOST_HOSTS + 1));
  await replaceCached(ratesFile(world.env), JSON.stringify({...kept, [registry]: {bytes, seconds}}));
}

/** Compressed bytes a second of the last pull from a registry, unpacking included; null: none was measured. */
export async function pullRate(world: Pick<World, 'env' | 'read'>, registry: string): Promise<number | null> {
  const pull = (await readRates(world))[registry];
  return pull === undefined ? null : pull.bytes / pull.seconds;
}

async function readRates({env, read}: Pick<World, 'env' | 'read'>): Promise<Record<string, MeasuredPull>> {
  const file = await read(ratesFile(env), LIMIT);
  if (file.status !== 'ok') return {};
  try {
    const rates = Object.entries(fields(JSON.parse(Buffer.from(file.value).toString('utf8'))));
    return Object.fromEntries(
      rates.flatMap(([registry, pull]) => {
        const {bytes, seconds} = fields(pull);
        return isPositive(bytes) && isPositive(seconds) ? [[registry, {bytes, seconds}]] : [];
      }),
    );
  } catch {
    return {};
  }
}

const isPositive = (value: unknown): value is number => typeof value === 'number' && value > 0;
