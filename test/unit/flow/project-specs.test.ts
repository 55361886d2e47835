import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {importsOf, projectSpecs} from '../../../src/flow/project-specs.js';
import {world} from '../registry/server.js';

const folders: string[] = [];
afterAll(() => {
  for (const dir of folders) rmSync(dir, {recursive: true});
});

function folder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'gpudock-specs-'));
  folders.push(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

describe('a project', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['its requirements', {'requirements.txt': 'torch>=2.1,<2.6\n', 'a.py': 'import jax\n'}, ['pytorch>=2.1,<2.6']],
    ['its imports', {'train.py': 'import numpy\nfrom torch import nn\n'}, ['pytorch']],
    ['several imports', {'a.py': 'import jax.numpy as jnp', 'b.py': '  import torch'}, ['jax', 'pytorch']],
    ['the server it builds on', {'requirements.txt': 'torch==2.7.0\nvllm==0.9.1\n'}, ['vllm==0.9.1']],
    ['the server it imports', {'a.py': 'import torch\nfrom vllm import LLM\n'}, ['vllm']],
  ])('says by %s what it needs', async (_, files, specs) => {
    expect(await projectSpecs(world(), folder(files))).toEqual(specs);
  });

  test('that names no framework is wrong usage', async () => {
    const asked = projectSpecs(world(), folder({'a.py': 'import constructor\n# import torch\n'}));
    await expect(asked).rejects.toMatchObject({code: 'framework_not_named', exit: 2});
  });
});

test('imports are read from anything', () => {
  fc.assert(fc.property(fc.string(), text => Array.isArray(importsOf(text))));
});
