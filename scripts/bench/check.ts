import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {Check} from '../../src/contract/verdict.js';
import {type Lab, labFile} from '../../test/lab/place.js';

/** One image of the lab's registry that gpudock has read before, as references to it; none where no lab is up. */
export function knownReferences(gpudock: readonly [string, ...string[]]): {digest: string; tag: string} | null {
  const file = labFile(process.env);
  if (!existsSync(file)) return null;
  const {registry} = JSON.parse(readFileSync(file, 'utf8')) as Lab;
  const repository = `${registry}/library/python`;
  const tag = `${repository}:3.12-slim`;
  const [program, ...args] = gpudock;
  const {stdout} = spawnSync(program, [...args, 'check', '--json', tag], {encoding: 'utf8'});
  const digest = Check.parse(JSON.parse(stdout)).verdicts[0]?.digest;
  return digest ? {digest: `${repository}@${digest}`, tag} : null;
}
