import {createHash} from 'node:crypto';
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {endpoints, isRemote, socketPath} from '../../../src/engine/endpoint.js';
import {mayRaiseLimits} from '../../../src/engine/limits.js';
import {demultiplex} from '../../../src/engine/streams.js';
import {memory} from '../environment/memory.js';

const HOME = '/home/ada';
const folder = createHash('sha256').update('lab').digest('hex');
const context = {
  [`${HOME}/.docker/contexts/meta/${folder}/meta.json`]: '{"Endpoints":{"docker":{"Host":"tcp://lab:2376"}}}',
};
const tls = {[`${HOME}/.docker/contexts/tls/${folder}/docker/ca.pem`]: 'PEM'};
const config = {[`${HOME}/.docker/config.json`]: '{"currentContext":"lab"}'};

test.each<[string, Record<string, string>, Record<string, string>, string, string | null]>([
  ['DOCKER_HOST', {DOCKER_HOST: 'ssh://ada@lab'}, {...config, ...context}, 'ssh://ada@lab', null],
  ['DOCKER_HOST', {DOCKER_HOST: 'tcp://lab:2376', DOCKER_TLS_VERIFY: '1'}, {}, 'tcp://lab:2376', `${HOME}/.docker`],
  [
    'DOCKER_HOST',
    {DOCKER_HOST: 'tcp://lab:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c'},
    {},
    'tcp://lab:2376',
    '/c',
  ],
  ['context lab', {}, {...config, ...context}, 'tcp://lab:2376', null],
  [
    'context lab',
    {DOCKER_CONTEXT: 'lab'},
    {...context, ...tls},
    'tcp://lab:2376',
    `${HOME}/.docker/contexts/tls/${folder}/docker`,
  ],
])('%s is chosen, and nothing takes its place: %j', async (source, env, files, host, certificates) => {
  expect(await endpoints(memory(files, {HOME, ...env}))).toEqual([{host, source, certificates, chosen: true}]);
});

test.each<Record<string, string>>([
  {},
  {[`${HOME}/.docker/config.json`]: 'no JSON'},
  {[`${HOME}/.docker/config.json`]: '{"currentContext":"default"}'},
])('else the sockets by convention, rootful first: %j', async files => {
  const found = await endpoints(memory(files, {HOME, XDG_RUNTIME_DIR: '/run/user/1000'}));
  expect(found.slice(0, 5).map(socketPath)).toEqual([
    '/var/run/docker.sock',
    '/run/user/1000/docker.sock',
    `${HOME}/.docker/run/docker.sock`,
    '/run/user/1000/podman/podman.sock',
    '/run/podman/podman.sock',
  ]);
  expect(found.filter(endpoint => endpoint.chosen || isRemote(endpoint))).toEqual([]);
});

const daemon = (capabilities: string) => ({
  '/proc/7/comm': 'bash\n',
  '/proc/9/comm': 'dockerd\n',
  '/proc/9/status': `Name:\tdockerd\n${capabilities}`,
});
const other = (capabilities: string) => ({
  '/proc/11/comm': 'dockerd\n',
  '/proc/11/status': `Name:\tdockerd\nCapEff:\t${capabilities}\n`,
});
test.each<[string, Record<string, string>, boolean | null]>([
  ['every capability', daemon('CapEff:\t000001ffffffffff\n'), true],
  ['all but CAP_SYS_RESOURCE', daemon('CapEff:\t000001fffeffffff\n'), false],
  ['several daemons that may', {...daemon('CapEff:\t000001ffffffffff\n'), ...other('000001ffffffffff')}, true],
  [
    'one daemon that may and one that may not',
    {...daemon('CapEff:\t0000000000000000\n'), ...other('000001ffffffffff')},
    null,
  ],
  ['a status without capabilities', daemon(''), null],
  ['no daemon in sight', {'/proc/7/comm': 'bash\n'}, null],
  ['no /proc', {}, null],
])('raising limits with %s', async (_, files, expected) => {
  expect(await mayRaiseLimits(memory(files), null)).toBe(expected);
});

const TWO = {...daemon('CapEff:\t0000000000000000\n'), ...other('000001ffffffffff')};
test.each<[string, string, Record<string, string>, boolean | null]>([
  ['its own, by a flag', '/data/b', {'/proc/11/cmdline': 'dockerd\0--data-root=/data/b\0'}, true],
  ['its own, in user namespaces', '/data/b/100.100', {'/proc/11/cmdline': 'dockerd\0--data-root\0/data/b\0'}, true],
  [
    'its own, by its settings',
    '/data/b',
    {'/proc/11/cmdline': 'dockerd\0--config-file=/etc/b.json\0', '/etc/b.json': '{"data-root": "/data/b"}'},
    true,
  ],
  ['its own, where no daemon is told otherwise', '/var/lib/docker', {'/proc/9/cmdline': 'dockerd\0'}, false],
  ['of none that is told apart', '/data/b', {}, null],
])('raising limits: %s', async (_, rootDir, files, expected) => {
  expect(await mayRaiseLimits(memory({...TWO, ...files}), rootDir)).toBe(expected);
});

test('raising limits is looked at anew: set-up and doctor start an engine between two looks', async () => {
  let files: Record<string, string> = {'/proc/7/comm': 'bash\n'};
  const machine: Parameters<typeof mayRaiseLimits>[0] = {
    read: (...asked) => memory(files).read(...asked),
    list: path => memory(files).list(path),
  };
  expect(await mayRaiseLimits(machine, null)).toBe(null);
  files = daemon('CapEff:\t000001ffffffffff\n');
  expect(await mayRaiseLimits(machine, null)).toBe(true);
});

test('a log without its frames is what was written; a cut one gives what is there', () => {
  const frame = (content: Uint8Array): Buffer => {
    const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
    head.writeUInt32BE(content.length, 4);
    return Buffer.concat([head, content]);
  };
  fc.assert(
    fc.property(fc.array(fc.uint8Array({maxLength: 50})), fc.nat({max: 60}), (contents, cut) => {
      const whole = Buffer.concat(contents);
      const raw = Buffer.concat(contents.map(frame));
      expect(demultiplex(raw)).toEqual(whole);
      expect(whole.subarray(0, demultiplex(raw.subarray(0, raw.length - cut)).length)).toEqual(
        demultiplex(raw.subarray(0, raw.length - cut)),
      );
    }),
  );
});

test.each([
  ['DOCKER_CONTEXT', {DOCKER_CONTEXT: 'nowhere'}, {}],
  ["docker's configuration", {}, config],
])('a context that %s names and that is not there is an error', async (_, env, files) => {
  const asked = endpoints(memory(files, {HOME, ...env}));
  await expect(asked).rejects.toMatchObject({code: 'docker_context_missing', exit: 5});
});
