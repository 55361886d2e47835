import {describe, expect, test} from '@jest/globals';
import {buildSecrets, mirrored, type Network, readNetwork} from '../../../src/environment/network.js';
import {memory} from './memory.js';

const DEBIAN = '/etc/ssl/certs/ca-certificates.crt';
const QUIET: Network = {
  certificates: null,
  extraCertificates: false,
  index: null,
  aptMirror: null,
  pytorchMirror: null,
  condaMirror: null,
  extraIndexes: [],
  trustedHosts: [],
  proxies: {},
};

describe('how this machine reaches indexes', () => {
  test.each<[string, Record<string, string>, Record<string, string>, Partial<Network>]>([
    ['nothing is set', {}, {}, {}],
    ['a bundle of the distribution', {[DEBIAN]: 'PEM'}, {}, {certificates: DEBIAN}],
    [
      'an authority of the site',
      {[DEBIAN]: 'PEM', '/usr/local/share/ca-certificates/site.crt': 'PEM'},
      {},
      {certificates: DEBIAN, extraCertificates: true},
    ],
    [
      'a bundle that a variable names',
      {[DEBIAN]: 'PEM', '/opt/site.pem': 'PEM'},
      {SSL_CERT_FILE: '/opt/site.pem'},
      {certificates: '/opt/site.pem', extraCertificates: true},
    ],
    [
      'pip files, the later one winning',
      {
        '/etc/pip.conf': '[global]\nindex-url = https://a.example\ntrusted-host = a.example b.example\n',
        '/home/ada/.config/pip/pip.conf': '[global]\nindex-url = https://b.example\n',
      },
      {HOME: '/home/ada'},
      {index: 'https://b.example', trustedHosts: ['a.example', 'b.example']},
    ],
    [
      'a variable wins over files',
      {'/etc/pip.conf': '[global]\nindex-url = https://a.example\n'},
      {PIP_INDEX_URL: 'https://c.example', PIP_EXTRA_INDEX_URL: 'https://d.example\n https://e.example'},
      {index: 'https://c.example', extraIndexes: ['https://d.example', 'https://e.example']},
    ],
    [
      'a proxy',
      {},
      {https_proxy: 'http://proxy.example:3128', HTTP_PROXY: ''},
      {proxies: {https_proxy: 'http://proxy.example:3128'}},
    ],
  ])('%s', async (_, files, env, expected) => {
    expect(await readNetwork(memory(files, {HOME: '/nowhere', ...env}))).toEqual({...QUIET, ...expected});
  });
});

describe('build secrets', () => {
  const texts = (change: Partial<Network>) =>
    Object.fromEntries(buildSecrets({...QUIET, ...change}).map(({id, text}) => [id, text]));

  test('without settings say nothing', () => {
    expect(texts({})).toEqual({pip: '[global]\n', uv: '\n', conda: '\n'});
  });

  test('carry certificates, index and trusted hosts to pip, uv and apt', () => {
    expect(
      texts({
        certificates: DEBIAN,
        index: 'https://ada:secret@a.example/simple',
        extraIndexes: ['https://b.example'],
        trustedHosts: ['a.example'],
      }),
    ).toEqual({
      pip: `[global]\ncert = ${DEBIAN}\nindex-url = https://ada:secret@a.example/simple\nextra-index-url = https://b.example\ntrusted-host = a.example\n`,
      uv: 'native-tls = true\nallow-insecure-host = ["a.example"]\n[[index]]\nurl = "https://b.example"\n[[index]]\nurl = "https://ada:secret@a.example/simple"\ndefault = true\n',
      conda: 'ssl_verify: /etc/ssl/certs/ca-certificates.crt\n',
      apt: 'Acquire::https::CAInfo "/run/secrets/ca";\n',
    });
  });
});

test('mirrors win over what pip is told, and plain HTTP from them is trusted', () => {
  const network = {...QUIET, index: 'https://a.example', trustedHosts: ['b.example']};
  const mirrors = {
    pip: 'http://mirror.example:8081/simple',
    apt: 'https://mirror.example/',
    pytorch: 'https://mirror.example/whl/',
    conda: 'https://mirror.example/conda',
  };
  expect(mirrored(network, mirrors)).toEqual({
    ...network,
    index: mirrors.pip,
    trustedHosts: ['b.example', 'mirror.example:8081'],
    aptMirror: 'https://mirror.example',
    pytorchMirror: 'https://mirror.example/whl',
    condaMirror: mirrors.conda,
  });
  expect(mirrored(network, {})).toEqual(network);
  const secrets = Object.fromEntries(buildSecrets(mirrored(QUIET, mirrors)).map(({id, text}) => [id, text]));
  expect(secrets.mirror).toBe('https://mirror.example');
  expect(secrets.pytorch).toBe('https://mirror.example/whl');
  expect(secrets.conda).toContain('channel_alias: https://mirror.example/conda\n');
  expect(secrets.apt).toMatch(/SourceParts "\/run\/sources"/);
});
