import {expect, test} from '@jest/globals';
import {endpointsOf, NO_SETTINGS, registrySettings} from '../../../src/registry/endpoint.js';
import {readRegistriesConf} from '../../../src/registry/registries-conf.js';
import {memory} from '../environment/memory.js';
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

test.each([
  ['10.1.2.3:5000/a', ['https://10.1.2.3:5000', 'http://10.1.2.3:5000']],
  ['10.1.2.3/a', ['https://10.1.2.3', 'http://10.1.2.3']],
  ['[fd00::1]:5000/a', ['https://[fd00::1]:5000', 'http://[fd00::1]:5000']],
  ['11.1.2.3/a', ['https://11.1.2.3']],
  ['10.example.com/a', ['https://10.example.com']],
])('a registry in a network that the engine may ask without TLS: %s', (text, expected) => {
  const InsecureRegistryCIDRs = ['10.0.0.0/8', 'fd00::/16', '11.0.0.0/99', 'x', '/8'];
  expect(bases(text, registrySettings({RegistryConfig: {InsecureRegistryCIDRs}}))).toEqual(expected);
});

const HOME = '/home/ada';
const SYSTEM = '/etc/containers/registries.conf';
async function podman(text: string, files: Record<string, string>, env = {}): Promise<string[]> {
  const tables = await readRegistriesConf(memory(files, {HOME, ...env}));
  return endpointsOf(reference(text), {...NO_SETTINGS, tables}).map(({base, path}) => `${base} ${path}`);
}

const CONF = `
unqualified-search-registries = ["docker.io"]
[[registry]]
prefix = "docker.io"
location = "docker.io"
[[registry.mirror]]
location = "mirror.example/hub"
insecure = true
[[registry.mirror]]
location = "digests.example"
pull-from-mirror = "digest-only"
[[registry]]
prefix = "docker.io/pytorch"
location = "other.example:5000/torch"
[[registry]]
prefix = "*.corp.example"
insecure = true
[[registry]]
location = "bad.example"
blocked = true
`;
const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each<[string, string[]]>([
  [
    'python:3.12',
    [
      'https://mirror.example hub/library/python',
      'http://mirror.example hub/library/python',
      'https://registry-1.docker.io library/python',
    ],
  ],
  [
    `python@${DIGEST}`,
    [
      'https://mirror.example hub/library/python',
      'http://mirror.example hub/library/python',
      'https://digests.example library/python',
      'https://registry-1.docker.io library/python',
    ],
  ],
  ['pytorch/pytorch:latest', ['https://other.example:5000 torch/pytorch']],
  [
    'pytorchlightning/pl',
    [
      'https://mirror.example hub/pytorchlightning/pl',
      'http://mirror.example hub/pytorchlightning/pl',
      'https://registry-1.docker.io pytorchlightning/pl',
    ],
  ],
  ['a.corp.example/x/y', ['https://a.corp.example x/y', 'http://a.corp.example x/y']],
  ['quay.io/a/b', ['https://quay.io a/b']],
])("by Podman's configuration %s is asked for at %j", async (text, expected) => {
  expect(await podman(text, {[SYSTEM]: CONF})).toEqual(expected);
});

test("what Podman's configuration blocks is not asked for", async () => {
  await expect(podman('bad.example/a', {[SYSTEM]: CONF})).rejects.toMatchObject({code: 'registry_unreachable'});
});

test("the user's file stands in the system's place, a drop-in file in that of a table", async () => {
  const own = `${HOME}/.config/containers/registries.conf`;
  const table = (location: string) => `[[registry]]\nprefix = "docker.io"\nlocation = "${location}"\n`;
  const files = {[SYSTEM]: CONF, [own]: table('own.example')};
  expect(await podman('python', files)).toEqual(['https://own.example library/python']);
  const dropIn = {...files, '/etc/containers/registries.conf.d/10.conf': table('drop.example')};
  expect(await podman('python', dropIn)).toEqual(['https://drop.example library/python']);
  const named = {...files, '/x.conf': table('named.example')};
  expect(await podman('python', named, {CONTAINERS_REGISTRIES_CONF: '/x.conf'})).toEqual([
    'https://named.example library/python',
  ]);
});

test.each([
  ['registry = 7'],
  ['[[registry'],
  ['[[registry]]\nlocation = 7\n'],
  ['[[registry]]\nprefix = ""\n'],
  ['\u0000'],
])('a configuration that says nothing, %j, changes nothing', async text => {
  expect(await podman('python', {[SYSTEM]: text})).toEqual(['https://registry-1.docker.io library/python']);
});
