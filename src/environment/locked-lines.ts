import type {LockedPackage} from './lock.js';

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
