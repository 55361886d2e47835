import {existsSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {unpackPackages} from '../../src/engine/private/packages.js';
import {packagesFolder} from '../../src/engine/private/paths.js';
import {programEnv} from '../../src/engine/private/program-env.js';
import type {Lab} from './paths.js';
import {progress, world} from './world.js';

/** A real Chromium: the machine's, else one unpacked from the distribution's packages. */
export async function ensureChromium(): Promise<Lab['chromium']> {
  if (existsSync('/usr/bin/chromium')) return {program: '/usr/bin/chromium', env: {}};
  const folder = packagesFolder(process.env, 'chromium');
  await unpackPackages(world, {packages: ['chromium', 'fonts-dejavu-core'], fromSuite: [], suite: null, folder}, progress);
  const fonts = join(folder, 'gpudock-fonts.conf');
  const cache = join(folder, 'gpudock-font-cache');
  await mkdir(cache, {recursive: true});
  await writeFile(
    fonts,
    `<?xml version="1.0"?><fontconfig><dir>${join(folder, 'usr/share/fonts')}</dir><cachedir>${cache}</cachedir></fontconfig>`,
  );
  const {PATH, LD_LIBRARY_PATH} = await programEnv(world, folder);
  const libraries = (LD_LIBRARY_PATH ?? '').split(':').filter(Boolean);
  return {
    program: join(folder, 'usr/lib/chromium/chromium'),
    // libpulse finds its private library by a run path that names the place of an installed package.
    env: {PATH: PATH ?? '', LD_LIBRARY_PATH: libraries.flatMap(path => [path, join(path, 'pulseaudio')]).join(':'), FONTCONFIG_FILE: fonts},
  };
}
