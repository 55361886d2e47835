import * as z from 'zod';
import type {LockedCondaPackage, LockedPackage} from '../environment/lock.js';
import {normalizeName} from '../environment/requirement.js';

/** Packages of `uv pip compile --generate-hashes`: a requirement a line, its hashes on lines that continue it. */
export function parseCompiled(text: string): LockedPackage[] {
  const lines = text
    .replace(/ \\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map(line => line.replace(/^#.*$/, '').trim());
  return sorted(
    lines.filter(Boolean).map(line => {
      const hashes = [...line.matchAll(/--hash=(\S+)/g)].map(([, hash = '']) => hash);
      const [requirement = ''] = line.split(/ --hash=| ;/);
      const [name = '', url] = requirement.split(' @ ');
      if (url !== undefined) return {name: normalizeName(name.trim()), version: null, url: url.trim(), hashes};
      const [bare = '', version = ''] = requirement.split('==');
      return {name: normalizeName(bare.replace(/\[.*\]/, '').trim()), version: version.trim(), url: null, hashes};
    }),
  );
}

/** The part of pip's installation report that a lock needs (pip documentation, "Installation Report", version 1). */
const Report = z.object({
  install: z.array(
    z.object({
      is_direct: z.boolean(),
      metadata: z.object({name: z.string(), version: z.string()}),
      download_info: z.object({
        url: z.string(),
        archive_info: z.object({hashes: z.record(z.string(), z.string()).optional()}).optional(),
        vcs_info: z.object({vcs: z.string(), commit_id: z.string()}).optional(),
      }),
    }),
  ),
});

/** Packages that `pip install --dry-run --report` would add to what the base has. */
export function parseReport(text: string): LockedPackage[] {
  return sorted(
    Report.parse(JSON.parse(text)).install.map(({is_direct, metadata: {name, version}, download_info}) => {
      const {url, archive_info, vcs_info} = download_info;
      const hashes = Object.entries(archive_info?.hashes ?? {})
        .filter(([algorithm]) => /^sha(256|384|512)$/.test(algorithm))
        .map(([algorithm, hash]) => `${algorithm}:${hash}`);
      const direct = vcs_info === undefined ? url : `${vcs_info.vcs}+${url}@${vcs_info.commit_id}`;
      return {name: normalizeName(name), version, url: is_direct ? direct : null, hashes};
    }),
  );
}

/** The part of micromamba's answer to `create --dry-run --json` that a lock needs. */
const CondaAnswer = z.object({
  actions: z.object({
    LINK: z.array(z.object({name: z.string(), version: z.string(), url: z.string(), sha256: z.string()})),
  }),
});

/** Packages that conda would link, in its order. `mirror`: what stood in for `place`, where channels lie; null: nothing. */
export function parseCondaAnswer(text: string, mirror: string | null, place: string): LockedCondaPackage[] {
  const {actions} = CondaAnswer.parse(JSON.parse(text));
  const publicUrl = (url: string): string =>
    mirror !== null && url.startsWith(`${mirror}/`) ? `${place}${url.slice(mirror.length)}` : url;
  return actions.LINK.map(({name, version, url, sha256}) => ({name, version, url: publicUrl(url), sha256}));
}

/** What apt added: the lines of `dpkg-query` that were not there before. */
export function addedPackages(before: string, after: string): string[] {
  const old = new Set(before.split('\n'));
  return [...new Set(after.split('\n').filter(line => line !== '' && !old.has(line)))].sort();
}

const sorted = (packages: LockedPackage[]): LockedPackage[] =>
  packages
    .map(locked => ({...locked, hashes: [...new Set(locked.hashes)].sort()}))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
