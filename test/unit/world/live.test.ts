import {mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {liveWorld} from '../../../src/world/live.js';

const world = liveWorld(() => async () => ({status: 'not-found', detail: ''}));
const folder = mkdtempSync(join(tmpdir(), 'gpudock-stat-'));
writeFileSync(join(folder, 'file'), 'text');
symlinkSync('file', join(folder, 'link'));
symlinkSync('nowhere', join(folder, 'dangling'));
afterAll(() => rmSync(folder, {recursive: true}));

test.each([
  ['file', 'file'],
  ['.', 'folder'],
  ['link', 'file'],
])('%s is a %s of the caller', async (name, kind) => {
  expect(await world.stat(join(folder, name))).toEqual({
    status: 'ok',
    value: {kind, uid: process.getuid?.(), gid: process.getgid?.(), readable: true, writable: true},
  });
});

test('a device is neither file nor folder', async () => {
  expect(await world.stat('/dev/null')).toMatchObject({status: 'ok', value: {kind: 'other'}});
});

test.each(['missing', 'dangling', 'file/below'])('%s is not found', async name => {
  expect(await world.stat(join(folder, name))).toEqual({status: 'not-found'});
});
