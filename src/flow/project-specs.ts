import {join, resolve} from 'node:path';
import {type FrameworkName, wantedFramework} from '../environment/framework.js';
import {readProject} from '../environment/project.js';
import {EXIT, Failure} from '../failure.js';
import type {World} from '../world/world.js';

/** Files and bytes of each that are looked into for imports. */
const MOST_FILES = 200;
const LIMIT = 256 * 1024;

/** They bring kernels of their own, and the PyTorch that these are compiled against. */
const SERVERS: readonly string[] = ['vllm', 'sglang'];

const MODULES: Record<string, FrameworkName> = {
  torch: 'pytorch',
  torchvision: 'pytorch',
  torchaudio: 'pytorch',
  tensorflow: 'tensorflow',
  keras: 'tensorflow',
  jax: 'jax',
  flax: 'jax',
};

/** What a project asks of an image, as specifications: by its requirements, else by what its programs import. */
export async function projectSpecs(world: World, folder: string): Promise<string[]> {
  const project = await readProject(world, folder);
  const server = project.requirements.find(({name}) => SERVERS.includes(name));
  if (server) return [`${server.name}${server.specifier}`];
  const wish = wantedFramework(project);
  if (wish !== null) return [`${wish.name}${wish.specifier}`];
  const imported = await importedFrameworks(world, resolve(world.cwd, folder));
  if (imported.length > 0) return imported;
  throw new Failure({
    code: 'framework_not_named',
    message: `${folder} names no framework`,
    cause: 'neither its requirements nor the imports of its programs do',
    fix: 'name one: gpudock match pytorch',
    exit: EXIT.usage,
  });
}

async function importedFrameworks(world: World, dir: string): Promise<string[]> {
  const names = await world.list(dir);
  const programs = names.status === 'ok' ? names.value.filter(name => name.endsWith('.py')).slice(0, MOST_FILES) : [];
  const found = new Set<string>();
  for (const name of programs) {
    const file = await world.read(join(dir, name), LIMIT);
    const text = file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : '';
    for (const module of importsOf(text)) {
      if (Object.hasOwn(MODULES, module)) found.add(MODULES[module] ?? '');
      if (SERVERS.includes(module)) found.add(module);
    }
  }
  const server = SERVERS.find(name => found.has(name));
  return server === undefined ? [...found].sort() : [server];
}

/** The first names of what a Python program imports. */
export const importsOf = (text: string): string[] =>
  [...text.matchAll(/^[ \t]{0,40}(?:import|from)[ \t]+([A-Za-z_]\w{0,80})/gm)].map(([, name = '']) => name);
