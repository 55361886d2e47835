import type {SourceReading} from '../reading.js';
import {linesOf} from '../text.js';

/** What os-release(5) says, by its keys; values plain or in quotes. */
export function releaseFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of linesOf(text)) {
    const [, key, value] = /^([A-Z_]{2,40})=(.{0,300})$/.exec(line.trim()) ?? [];
    if (key && value) fields.set(key, value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return fields;
}

/** `ID_LIKE`: ids of kin, the closest first. */
export const kinOf = (fields: ReadonlyMap<string, string>): string[] =>
  (fields.get('ID_LIKE') ?? '').split(/\s+/).filter(Boolean);

/** `/etc/os-release`: the distribution's id, its kin and its version ("ubuntu", "22.04"), by which fixes are chosen. */
export function parseOsRelease(text: string): SourceReading {
  const fields = releaseFields(text);
  const distro = fields.get('ID') ?? null;
  if (!distro) return {};
  return {os: {distro, like: kinOf(fields), release: fields.get('VERSION_ID') ?? null, ostree: isOstree(fields)}};
}

/** Fedora's images name the commit they were made from (Silverblue, Kinoite, CoreOS, and what is made from them). */
export const isOstree = (fields: ReadonlyMap<string, string>): boolean =>
  fields.has('OSTREE_VERSION') || OSTREE_VARIANTS.has(fields.get('VARIANT_ID') ?? '');

const OSTREE_VARIANTS = new Set([
  'silverblue',
  'kinoite',
  'coreos',
  'iot',
  'sericea',
  'onyx',
  'sway-atomic',
  'cosmic-atomic',
]);
