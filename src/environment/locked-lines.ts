import type {LockedCondaPackage, LockedPackage} from './lock.js';

/** pip's requirement lines, with hashes or by commit. */
export const lockedLines = (packages: readonly LockedPackage[]): string =>
  packages
    .map(({name, version, url, hashes}) =>
      [url === null ? `${name}==${version}` : `${name} @ ${url}`, ...hashes.map(hash => `    --hash=${hash}`)].join(
        ' \\\n',
      ),
    )
    .join('\n')
    .concat('\n');

/** conda's explicit list: exactly these files, each held against its digest, and no solver. */
export const explicitLines = (packages: readonly LockedCondaPackage[]): string =>
  ['@EXPLICIT', ...packages.map(({url, sha256}) => `${url}#sha256:${sha256}`), ''].join('\n');
