import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {copyTarget, parsePlace, type Standing} from '../../../src/flow/copy.js';
import {containerOf} from '../../../src/host/container-of.js';

test.each([
  ['thesis:/tmp/a', 'thesis', '/tmp/a'],
  ['thesis:out.csv', 'thesis', 'out.csv'],
  ['thesis:a:b', 'thesis', 'a:b'],
  ['./thesis:a', null, './thesis:a'],
  ['/data/a:b', null, '/data/a:b'],
  ['plain', null, 'plain'],
  ['thesis:', null, 'thesis:'],
  ['folder/thesis:a', null, 'folder/thesis:a'],
])('%j is in %j at %j', (text, container, path) => {
  expect(parsePlace(text)).toEqual({container, path});
});

test.each<[string, boolean, string, Standing, string]>([
  ['a file into a folder', false, '/d', 'folder', '/d/x'],
  ['a file to a new name', false, '/d/y', 'nothing', '/d/y'],
  ['a file over another', false, '/d/y', 'file', '/d/y'],
  ['a folder to a new name', true, '/d/y', 'nothing', '/d/y'],
])('%s', (_, folder, path, standing, ends) => {
  const target = copyTarget({name: 'x', folder}, {path, standing});
  expect(`${target.folder}/${target.name}`).toBe(ends);
});

test.each<[string, boolean, string, Standing]>([
  ['a folder over a file', true, '/d/y', 'file'],
  ['into a folder that is not there', false, '/d/', 'nothing'],
  ['into a file', false, '/d/', 'file'],
])('%s is refused', (_, folder, path, standing) => {
  expect(() => copyTarget({name: 'x', folder}, {path, standing})).toThrow(
    expect.objectContaining({code: 'copy_target'}),
  );
});

const ID = 'ab'.repeat(32);
test.each([
  ['cgroup v1', `12:memory:/docker/${ID}\n1:name=systemd:/docker/${ID}\n`, ID],
  ['systemd', `0::/system.slice/docker-${ID}.scope\n`, ID],
  ['Podman', `0::/user.slice/user-1000.slice/libpod-${ID}.scope/container\n`, ID],
  ['Kubernetes', `0::/kubepods/besteffort/pod1/${ID}\n`, ID],
  ['a container in a container', `0::/docker/${'cd'.repeat(32)}/docker/${ID}\n`, ID],
  ['none', '0::/user.slice/user-1000.slice/session-1.scope\n', null],
])('a process of %s', (_, cgroup, id) => {
  expect(containerOf(cgroup)).toBe(id);
});

test('whatever a control group is called, it is read in time', () => {
  fc.assert(fc.property(fc.string(), text => [null, 64].includes(containerOf(text)?.length ?? null)));
});
