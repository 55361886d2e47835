import {join} from 'node:path';
import type {World} from '../../world/world.js';

/** Where programs live, in the order in which they are looked for. */
const PROGRAM_FOLDERS = ['usr/local/sbin', 'usr/local/bin', 'usr/sbin', 'usr/bin', 'sbin', 'bin'];

/**
 * The environment in which programs of an unpacked folder find one another, their libraries and their Perl modules;
 * what the folder lacks is taken from the machine. `first`: folders before all others on PATH.
 */
export async function programEnv(
  world: Pick<World, 'env' | 'list'>,
  folder: string,
  first: readonly string[] = [],
): Promise<World['env']> {
  const {env} = world;
  const [libraries, perl] = await Promise.all([libraryFolders(world, folder), perlFolders(world, folder)]);
  const path = [
    ...first,
    ...PROGRAM_FOLDERS.map(name => join(folder, name)),
    ...(env.PATH?.split(':') ?? []),
    ...PROGRAM_FOLDERS.map(name => `/${name}`),
  ];
  return {
    ...env,
    PATH: [...new Set(path)].join(':'),
    LD_LIBRARY_PATH: [...libraries, ...(env.LD_LIBRARY_PATH?.split(':') ?? [])].join(':'),
    PERL5LIB: [...perl, ...(env.PERL5LIB?.split(':') ?? [])].join(':'),
    XTABLES_LIBDIR: libraries.map(name => join(name, 'xtables')).join(':'),
  };
}

/** Debian keeps the libraries of each architecture in a folder named by its triplet. */
async function libraryFolders(world: Pick<World, 'list'>, folder: string): Promise<string[]> {
  const parents = [join(folder, 'usr/lib'), join(folder, 'lib')];
  const found = await Promise.all(
    parents.map(async parent => {
      const names = await namesIn(world, parent);
      return names.filter(name => name.includes('-linux-gnu')).map(name => join(parent, name));
    }),
  );
  return found.flat();
}

async function perlFolders(world: Pick<World, 'list'>, folder: string): Promise<string[]> {
  const libraries = await libraryFolders(world, folder);
  const parents = [join(folder, 'usr/share'), ...libraries];
  const found = await Promise.all(
    parents.flatMap(parent => [
      [join(parent, 'perl5')],
      ...['perl', 'perl5'].map(async name => {
        const versions = await namesIn(world, join(parent, name));
        return versions.filter(version => /^5[.\d]*$/.test(version)).map(version => join(parent, name, version));
      }),
    ]),
  );
  return found.flat();
}

async function namesIn(world: Pick<World, 'list'>, folder: string): Promise<string[]> {
  const names = await world.list(folder);
  return names.status === 'ok' ? names.value : [];
}
