import type {Project} from '../../../src/environment/project.js';
import type {Requirement} from '../../../src/environment/requirement.js';
import type {World} from '../../../src/world/world.js';

/** A machine that holds these files and nothing else; folders are there because files lie in them. */
export function memory(
  files: Readonly<Record<string, string>>,
  env: World['env'] = {},
): Pick<World, 'env' | 'cwd' | 'read' | 'list' | 'stat'> {
  const paths = Object.keys(files);
  const isFolder = (path: string): boolean => paths.some(file => file.startsWith(`${path}/`));
  const own = {uid: 1000, gid: 1001, readable: true, writable: true};
  return {
    env,
    cwd: '/home/ada',
    read: async path => {
      const text = files[path];
      return text === undefined ? {status: 'not-found'} : {status: 'ok', value: Buffer.from(text)};
    },
    list: async path => {
      if (!isFolder(path)) return {status: 'not-found'};
      const inside = paths.filter(file => file.startsWith(`${path}/`)).map(file => file.slice(path.length + 1));
      return {status: 'ok', value: [...new Set(inside.map(file => file.replace(/\/.*/, '')))].sort()};
    },
    stat: async path => {
      if (files[path] !== undefined) return {status: 'ok', value: {kind: 'file', ...own}};
      return isFolder(path) ? {status: 'ok', value: {kind: 'folder', ...own}} : {status: 'not-found'};
    },
  };
}

export const requirement = (change: Partial<Requirement> = {}): Requirement => ({
  name: 'numpy',
  extras: [],
  specifier: '',
  url: null,
  marker: null,
  from: 'gpudock.yaml',
  ...change,
});

export const project = (change: Partial<Project> = {}): Project => ({
  dir: '/home/ada/digits',
  name: 'digits',
  owner: {uid: 1000, gid: 1001},
  settings: {},
  kind: 'none',
  files: [],
  requirements: [],
  constraints: [],
  python: null,
  apt: [],
  notes: [],
  ...change,
});
