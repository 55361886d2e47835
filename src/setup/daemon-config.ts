import * as z from 'zod';
import {Failure} from '../failure.js';

/** What setup puts into dockerd's daemon.json (docs.docker.com/reference/cli/dockerd, configuration file). */
export interface DaemonSettings {
  /** Added to those that are there, before them. */
  'registry-mirrors'?: readonly string[];
  'data-root'?: string;
}

const Mirrors = z.array(z.string()).default([]);

/**
 * daemon.json with settings laid over it: every other key stays, in its order. `text` null: there is no file yet.
 * Throws `daemon_config_invalid` for what is not a JSON object: such a file is never replaced.
 */
export function withSettings(path: string, text: string | null, settings: DaemonSettings): string {
  const config = text === null || text.trim() === '' ? {} : parsed(path, text);
  const {'registry-mirrors': added, ...plain} = settings;
  const mirrors = added === undefined ? {} : {'registry-mirrors': withMirrors(config, added)};
  return `${JSON.stringify({...config, ...mirrors, ...plain}, null, indentOf(text ?? ''))}\n`;
}

/** Mirrors are asked in their order: new ones come first. */
function withMirrors(config: Record<string, unknown>, added: readonly string[]): string[] {
  const present = Mirrors.safeParse(config['registry-mirrors']).data ?? [];
  return [...new Set([...added, ...present])];
}

/** The mirrors that a daemon.json names already; none where it cannot be read. */
export function mirrorsIn(text: string | null): string[] {
  try {
    return Mirrors.parse(record(JSON.parse(text ?? '{}'))['registry-mirrors']);
  } catch {
    return [];
  }
}

function parsed(path: string, text: string): Record<string, unknown> {
  try {
    return record(JSON.parse(text));
  } catch (cause) {
    const failure = {
      code: 'daemon_config_invalid',
      message: `${path} is not a JSON object`,
      cause: cause instanceof SyntaxError ? cause.message : 'Docker reads one object of settings there',
      fix: `mend ${path} by hand; it was not changed`,
    };
    throw new Failure(failure, {cause});
  }
}

/** As it stands, whatever its keys are called: a schema would drop __proto__. */
function record(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TypeError('not an object');
}

/** The indentation that a file has already; two spaces for a new one. */
const indentOf = (text: string): string => /^\{\s{0,100}?\n([ \t]{1,8})"/.exec(text)?.[1] ?? '  ';
