import {existsSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {type Progress, unpackPackages} from '../../src/engine/private/packages.js';
import {packagesFolder} from '../../src/engine/private/paths.js';
import {programEnv} from '../../src/engine/private/program-env.js';
import type {World} from '../../src/world/world.js';

/** A Chromium, and the variables with which it runs. */
export interface Chromium {
  program: string;
  env: Record<string, string>;
}

/** A real Chromium: the machine's, else one unpacked from the distribution's packages. */
export async function ensureChromium(world: World, progress: Progress): Promise<Chromium> {
  if (existsSync('/usr/bin/chromium')) return {program: '/usr/bin/chromium', env: {}};
  const folder = packagesFolder(world.env, 'chromium');
  const packages = ['chromium', 'fonts-dejavu-core'];
  await unpackPackages(world, {packages, fromSuite: [], suite: null, folder}, progress);
  const {PATH, LD_LIBRARY_PATH} = await programEnv(world, folder);
  const libraries = (LD_LIBRARY_PATH ?? '').split(':').filter(Boolean);
  // libpulse finds its private library by a run path that names the place of an installed package.
  const searched = libraries.flatMap(path => [path, join(path, 'pulseaudio')]).join(':');
  return {
    program: join(folder, 'usr/lib/chromium/chromium'),
    env: {PATH: PATH ?? '', LD_LIBRARY_PATH: searched, FONTCONFIG_FILE: await fontSettings(folder)},
  };
}

async function fontSettings(folder: string): Promise<string> {
  const [file, cache] = [join(folder, 'gpudock-fonts.conf'), join(folder, 'gpudock-font-cache')];
  await mkdir(cache, {recursive: true});
  const fonts = `<dir>${join(folder, 'usr/share/fonts')}</dir><cachedir>${cache}</cachedir>`;
  await writeFile(file, `<?xml version="1.0"?><fontconfig>${fonts}</fontconfig>`);
  return file;
}
