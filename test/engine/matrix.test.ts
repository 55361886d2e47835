import {createHash} from 'node:crypto';
import {mkdtempSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {gpudock, readLab} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

let lab: Lab;
const REPOSITORY = 'pytorch/pytorch';
/** A row of the matrix, and a tag that none has. */
const LIE = '1.0-cuda10.0-cudnn7-devel';
const NEW = '2.99.7-cuda12.8-cudnn9-runtime';
const pushed: string[] = [];
const data = mkdtempSync(join(tmpdir(), 'gpudock-data-'));
const env = {XDG_DATA_HOME: data};

const registry = (path: string, init: RequestInit = {}) =>
  fetch(`http://${lab.registry}/v2/${REPOSITORY}/${path}`, init);
const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** An image without layers: only what it says of itself is looked at. */
async function push(tag: string, variables: string[]): Promise<void> {
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {Env: variables, Labels: {'gpudock.test': tag}},
    rootfs: {type: 'layers', diff_ids: []},
  });
  const upload = await registry('blobs/uploads/', {method: 'POST'});
  const place = upload.headers.get('location') ?? '';
  await fetch(`${place}&digest=${digestOf(config)}`, {method: 'PUT', body: config});
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: {mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length},
    layers: [],
  });
  const answer = await registry(`manifests/${tag}`, {
    method: 'PUT',
    body: manifest,
    headers: {'content-type': mediaType},
  });
  expect(answer.status).toBe(201);
  pushed.push(digestOf(manifest));
}

beforeAll(async () => {
  lab = await readLab();
  await push(LIE, ['CUDA_VERSION=9.2.148', 'PYTORCH_VERSION=1.0.0']);
  await push(NEW, ['CUDA_VERSION=12.8.1', 'PYTORCH_VERSION=2.99.7', 'NVIDIA_REQUIRE_CUDA=cuda>=12.8']);
});
afterAll(async () => {
  for (const digest of pushed) await registry(`manifests/${digest}`, {method: 'DELETE'});
  await rm(data, {recursive: true, force: true});
});

test('verify finds the row that lies, among those that went and those that stand', async () => {
  const run = await gpudock(lab, ['matrix', 'verify', REPOSITORY, '--configs', '--json'], {env});
  expect(run.exit).toBe(1);
  const {problems} = JSON.parse(run.stdout) as {problems: {row: string; problem: string}[]};
  const of = (tag: string) => problems.find(({row}) => row === `${REPOSITORY}:${tag}`)?.problem;
  expect(of(LIE)).toMatch(/config says CUDA 9.2.148/);
  expect(of('2.9.0-cuda12.8-cudnn9-runtime')).toBeUndefined();
  expect(of('2.8.0-cuda12.8-cudnn9-runtime')).toMatch(/no such tag/);
});

test('update shows what is new, keeps it when it may, and check knows it offline', async () => {
  const added = async (...flags: string[]) => {
    const run = await gpudock(lab, ['matrix', 'update', REPOSITORY, '--json', ...flags], {env});
    return (JSON.parse(run.stdout) as {added: {tag: string}[]}).added.map(({tag}) => tag);
  };
  expect(await added('--dry-run')).toEqual([NEW]);
  expect(await added()).toEqual([NEW]);
  expect(await added()).toEqual([]);
  const machine = ['--for-driver', '535.104.05', '--for-gpu', 'L4'];
  const run = await gpudock(lab, ['check', '--offline', '--json', ...machine, `${REPOSITORY}:${NEW}`], {env});
  expect(run.exit).toBe(4);
  expect(run.stdout).toMatch(/CUDA 12\.8\.1/);
});
