import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, rename, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import * as z from 'zod';
import {cacheFolder} from '../../src/world/cache.js';

const run = promisify(execFile);

const Packed = z.array(
  z.object({
    filename: z.string(),
    size: z.number(),
    unpackedSize: z.number(),
    files: z.array(z.object({path: z.string()})),
  }),
);

/** The package as it would be published. */
export interface Package {
  /** Bytes. */
  size: number;
  unpackedSize: number;
  files: string[];
  tarball: string;
  /** A folder that everybody may read, with the package in it; the caller removes it. */
  folder: string;
}

/** `npm pack`, into a folder of the temporary ones. */
export async function packed(): Promise<Package> {
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-package-'));
  await chmod(folder, 0o755);
  const {stdout} = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
  const [facts] = Packed.parse(JSON.parse(stdout));
  if (facts === undefined) throw new Error(stdout);
  const {filename, size, unpackedSize, files} = facts;
  return {size, unpackedSize, files: files.map(({path}) => path), tarball: join(folder, filename), folder};
}

/** The package unpacked, nothing beside it. */
export async function unpacked({tarball, folder}: Package): Promise<string> {
  await run('tar', ['-xzf', tarball, '-C', folder, '--no-same-owner']);
  return join(folder, 'package');
}

/** A Node.js of another line than ours, as npm has it; kept in the cache. */
export async function nodeOf(line: number): Promise<string> {
  const folder = join(cacheFolder(process.env), 'packages', `node-${line}`);
  const name = `node-linux-${process.arch}`;
  const program = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(program)) return program;
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, {recursive: true});
  await writeFile(join(draft, 'package.json'), '{}');
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${line}`], {cwd: draft});
  await rm(folder, {recursive: true, force: true});
  await rename(draft, folder);
  return program;
}
