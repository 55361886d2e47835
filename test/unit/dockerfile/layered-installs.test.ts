import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {PART} from '../../../src/dockerfile/layered-installs.js';

/** What `uv pip compile --annotation-style=line --emit-build-options` writes, in this form. */
const COMPILED = `--no-binary psutil
colorama==0.4.6                # via -r /build/requirements.txt, tqdm-of-ours
comm==0.2.3                    # via ipykernel, ipywidgets
ipykernel==7.1.0               # via jupyterlab
jupyterlab==4.5.0              # via -r /build/requirements.txt
ours @ git+https://example.org/ours@1#egg=ours  # via -r /build/requirements.txt
psutil==7.2.2                  # via ipykernel, ours
requests==2.32.5               # via ours
torch==2.9.1+cpu               # via -r /build/requirements.txt
torchmetrics==1.8.2            # via -r /build/requirements.txt
typing-extensions==4.15.0      # via torch
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gpudock-part-'));
  writeFileSync(join(folder, 'packages.txt'), COMPILED);
  // As the shell of a step gets it: a backslash at a line's end joins it with the next.
  execFileSync('awk', [PART.replaceAll('\\\n', ''), 'packages.txt'], {cwd: folder});
});
afterAll(() => rmSync(folder, {recursive: true}));

const listed = (name: string): string[] => readFileSync(join(folder, name), 'utf8').trim().split('\n');

test('what a large package needs, and what that needs, is in its layer', () => {
  expect(listed('large.txt')).toEqual([
    '--no-binary psutil',
    'comm==0.2.3',
    'ipykernel==7.1.0',
    'jupyterlab==4.5.0',
    'psutil==7.2.2',
    'torch==2.9.1+cpu',
    'typing-extensions==4.15.0',
  ]);
});

test('all others are in the layer that a project changes, as they were named', () => {
  expect(listed('small.txt')).toEqual([
    '--no-binary psutil',
    'colorama==0.4.6',
    'ours @ git+https://example.org/ours@1#egg=ours',
    'requests==2.32.5',
    'torchmetrics==1.8.2',
  ]);
});
