import {execFileSync} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {parseRelease} from '../../../src/setup/release.js';
import {dockerRepository, nvidiaRepository, type Repository} from '../../../src/setup/repositories.js';
import {DISTRIBUTIONS, type Distribution} from './distributions.js';

/** What apt would ask for if it had these sources alone; it refuses what it cannot read. */
async function targets(repository: Repository | null): Promise<string[]> {
  const parts = await mkdtemp(join(tmpdir(), 'gpudock-sources-'));
  try {
    for (const file of repository?.files ?? [])
      if ('text' in file) await writeFile(join(parts, basename(file.path)), file.text);
    const options = ['Dir::Etc::SourceList=/dev/null', `Dir::Etc::SourceParts=${parts}`, 'APT::Architecture=amd64'];
    const said = execFileSync('apt-get', [...options.flatMap(option => ['-o', option]), 'update', '--print-uris']);
    return Array.from(said.toString().matchAll(/^'([^']+)'/gm), ([, uri]) => uri ?? '');
  } finally {
    await rm(parts, {recursive: true});
  }
}

const release = (name: Distribution) => {
  const parsed = parseRelease(DISTRIBUTIONS[name]);
  if (parsed === null) throw new Error(name);
  return parsed;
};

describe("apt reads a vendor's repository as it is written", () => {
  test.each<[Distribution, string]>([
    ['debian-12', 'https://download.docker.com/linux/debian/dists/bookworm/stable/binary-amd64/Packages'],
    ['mint-22', 'https://download.docker.com/linux/ubuntu/dists/noble/stable/binary-amd64/Packages'],
  ])("Docker's for %s", async (name, uri) => {
    expect(await targets(dockerRepository(release(name)))).toContainEqual(expect.stringContaining(uri));
  });

  test("NVIDIA's, with the name of the architecture", async () => {
    const base = 'https://nvidia.github.io/libnvidia-container/stable/deb/amd64/';
    expect(await targets(nvidiaRepository(release('debian-12')))).toContainEqual(
      expect.stringContaining(`${base}Packages`),
    );
  });
});

test.each(Object.keys(DISTRIBUTIONS) as Distribution[])(
  '%s: what is fetched comes over TLS and must begin as told',
  name => {
    const files = [dockerRepository(release(name)), nvidiaRepository(release(name))].flatMap(one => one?.files ?? []);
    for (const file of files) {
      expect(file.path).toMatch(
        /^\/etc\/(?:apt\/(?:keyrings|sources\.list\.d)|yum\.repos\.d|zypp\/repos\.d)\/[\w.-]+$/,
      );
      if ('url' in file) expect([file.url.startsWith('https://'), file.begins.length > 0]).toEqual([true, true]);
    }
  },
);
