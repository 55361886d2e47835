import * as z from 'zod';
import {wholeName} from '../matrix/reference.js';
import type {Engine} from './connect.js';
import {reasonOf, statusOf} from './errors.js';
import {get} from './get.js';

/** What the engine says of an image that it holds. */
export interface LocalImage {
  id: string;
  labels: Record<string, string>;
  env: string[];
  architecture: string | null;
  digest: string | null;
}

const Inspect = z.object({
  Id: z.string(),
  Architecture: z.string().optional(),
  RepoDigests: z.array(z.string()).nullish(),
  Config: z.object({Labels: z.record(z.string(), z.string()).nullish(), Env: z.array(z.string()).nullish()}).nullish(),
});

/** The image if the engine holds it, else null. */
export async function localImage({docker}: Engine, reference: string): Promise<LocalImage | null> {
  try {
    const image = Inspect.parse(await docker.getImage(reference).inspect());
    return {
      id: image.Id,
      labels: image.Config?.Labels ?? {},
      env: image.Config?.Env ?? [],
      architecture: image.Architecture ?? null,
      digest: image.RepoDigests?.[0]?.split('@')[1] ?? null,
    };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** Whether the engine can get an image: it has it, a registry offers it, refuses it, lacks it, or does not answer. */
export type Availability =
  | {status: 'local' | 'offered'}
  | {status: 'missing' | 'refused' | 'unreachable'; detail: string};

/** Asks the registry through the engine (its proxies, mirrors and network count), within `timeout` milliseconds. */
export async function availability(engine: Engine, reference: string, timeout: number): Promise<Availability> {
  if ((await localImage(engine, reference)) !== null) return {status: 'local'};
  if (engine.kind === 'podman') return offeredToPodman(engine, reference, timeout);
  try {
    const abortSignal = AbortSignal.timeout(timeout);
    await engine.docker.getImage(reference).distribution({abortSignal});
    return {status: 'offered'};
  } catch (error) {
    const detail = reasonOf(error);
    const status = statusOf(error);
    if (status === 404) return {status: 'missing', detail};
    // The engine answers 401 or 403 for a registry's refusal; Docker Hub refuses alike for "private" and "no such repository".
    if (status === 401 || status === 403) return {status: 'refused', detail};
    return {status: 'unreachable', detail: status === null ? `no answer within ${timeout / 1000} s` : detail};
  }
}

/**
 * Podman has no question of Docker's for that, but one of its own, for whole names. It answers 404 whatever the registry
 * said: the words alone tell why.
 */
async function offeredToPodman({endpoint}: Engine, reference: string, timeout: number): Promise<Availability> {
  const answer = await get(endpoint, `/v4.0.0/libpod/manifests/${wholeName(reference)}/json`, timeout);
  if (answer.status === 'ok') return {status: 'offered'};
  const {detail} = answer;
  if (/manifest unknown|name unknown/.test(detail) && !/no such host|refused|timeout/.test(detail))
    return {status: 'missing', detail};
  return {status: /unauthorized|denied/.test(detail) ? 'refused' : 'unreachable', detail};
}

const Distribution = z.object({Descriptor: z.object({digest: z.string()})});

/**
 * The digest that a reference stands for in its registry now; that of the engine's copy where the registry does not answer;
 * null for an image that was made here and never pushed.
 */
export async function pinnedDigest(engine: Engine, reference: string): Promise<string | null> {
  const local = await localImage(engine, reference);
  if (local?.digest === null) return null;
  try {
    return Distribution.parse(await engine.docker.getImage(reference).distribution()).Descriptor.digest;
  } catch (error) {
    if (local === null && statusOf(error) === null) throw error;
    return local?.digest ?? null;
  }
}

const Platforms = z.object({
  Platforms: z.array(z.object({os: z.string(), architecture: z.string(), variant: z.string().optional()})),
});

/** `linux/amd64`, …: what an image is there for, as its registry says, else the engine's copy; null: neither says. */
export async function platformsOf(engine: Engine, reference: string): Promise<string[] | null> {
  try {
    const {Platforms: offered} = Platforms.parse(await engine.docker.getImage(reference).distribution());
    return offered.flatMap(({os, architecture, variant}) => [
      `${os}/${architecture}`,
      ...(variant === undefined ? [] : [`${os}/${architecture}/${variant}`]),
    ]);
  } catch {
    const local = await localImage(engine, reference);
    return local?.architecture ? [`linux/${local.architecture}`] : null;
  }
}

/** `linux/amd64`: what the engine's containers run on. */
export async function platformOf({docker}: Engine): Promise<string> {
  const {Os, Arch} = await docker.version();
  return `${Os}/${Arch}`;
}
