import {expect, test} from '@jest/globals';
import {parseDuration} from '../../../src/launch/duration.js';
import {jupyterSettings} from '../../../src/launch/jupyter.js';
import {vscodeAddress} from '../../../src/launch/vscode.js';

const PLAIN = {token: 't', passwordHash: null, idleSeconds: null, root: false};

test('a notebook has its token, and no more than was asked for', () => {
  expect(jupyterSettings(PLAIN)).toEqual({IdentityProvider: {token: 't'}});
  expect(jupyterSettings({...PLAIN, root: true, passwordHash: 'h'})).toEqual({
    IdentityProvider: {token: 't'},
    PasswordIdentityProvider: {hashed_password: 'h'},
    ServerApp: {allow_root: true},
  });
});

test.each([
  [7_200, 300],
  [60, 15],
  [1, 1],
])('idle for %i s: kernels are looked at every %i s, and the server ends as long after', (idleSeconds, interval) => {
  expect(jupyterSettings({...PLAIN, idleSeconds})).toMatchObject({
    MappingKernelManager: {cull_idle_timeout: idleSeconds, cull_interval: interval},
    ServerApp: {shutdown_no_activity_timeout: idleSeconds},
  });
});

test.each([
  ['90s', 90],
  ['30m', 1_800],
  ['2 H', 7_200],
  ['1d', 86_400],
  ['0h', null],
  ['2', null],
  ['h', null],
  ['1.5h', null],
  ['-1h', null],
])('%j is %j seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test('VS Code is told container and folder, and the engine where it would ask another', () => {
  const told = (address: string) =>
    JSON.parse(Buffer.from(/\+([0-9a-f]+)\//.exec(address)?.[1] ?? '', 'hex').toString());
  expect(told(vscodeAddress('digits', null))).toEqual({containerName: '/digits'});
  expect(told(vscodeAddress('digits', 'unix:///run/x.sock'))).toMatchObject({settings: {host: 'unix:///run/x.sock'}});
  expect(vscodeAddress('digits', null)).toMatch(/^vscode-remote:.*\/workspace$/);
});
