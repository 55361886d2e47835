import {expect, test} from '@jest/globals';
import {endpointsOf, NO_SETTINGS, registrySettings} from '../../../src/registry/endpoint.js';
import {reference} from './server.js';

const bases = (text: string, settings = NO_SETTINGS) => endpointsOf(reference(text), settings).map(({base}) => base);

test.each([
  ['pytorch/pytorch', ['https://registry-1.docker.io']],
  ['nvcr.io/nvidia/pytorch', ['https://nvcr.io']],
  ['localhost:5000/a', ['http://localhost:5000', 'https://localhost:5000']],
  ['127.0.0.1:5000/a', ['http://127.0.0.1:5000', 'https://127.0.0.1:5000']],
  ['127.0.0.1.evil.example/a', ['https://127.0.0.1.evil.example']],
])('%s is asked for at %j', (text, expected) => {
  expect(bases(text)).toEqual(expected);
});

test("the engine's mirrors serve Docker Hub alone, and before it", () => {
  const settings = registrySettings({RegistryConfig: {Mirrors: ['http://mirror.example/', 'file:///etc', 7]}});
  expect(settings.mirrors).toEqual([]);
  const mirrored = registrySettings({RegistryConfig: {Mirrors: ['http://mirror.example/', 'file:///etc']}});
  expect(bases('python', mirrored)).toEqual(['http://mirror.example', 'https://registry-1.docker.io']);
  expect(bases('quay.io/a/b', mirrored)).toEqual(['https://quay.io']);
});

test('a registry that the engine may ask without TLS may be asked so', () => {
  const settings = registrySettings({RegistryConfig: {IndexConfigs: {'r.example': {Secure: false}}}});
  expect(bases('r.example/a', settings)).toEqual(['https://r.example', 'http://r.example']);
});

test("the engine's proxy counts unless its password is hidden", () => {
  expect(registrySettings({HttpsProxy: 'http://p:1'}).proxies).toEqual({http: '', https: 'http://p:1', except: ''});
  expect(registrySettings({HttpsProxy: 'http://xxxxx:xxxxx@p:1'}).proxies).toBeNull();
  expect(registrySettings(null)).toEqual(NO_SETTINGS);
});
