import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync} from 'node:fs';
import {createServer as createProxy} from 'node:http';
import {createServer} from 'node:https';
import {type AddressInfo, connect, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from '@jest/globals';
import {fetcher} from '../../../src/world/fetch.js';
import {client, reference, serve, world} from './server.js';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});
async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

/** A certificate that nobody signed but itself. */
function selfSigned(): {key: string; cert: string} {
  const folder = mkdtempSync(join(tmpdir(), 'gpudock-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
    {stdio: 'ignore'},
  );
  return {key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8')};
}

describe('a registry whose authority is not known', () => {
  const tls = selfSigned();
  const ask = async (certificates: string | null) => {
    const port = await listening(createServer(tls, (_, response) => response.end('{}')));
    const own = client(world(), {certificates: () => Promise.resolve(certificates)});
    return own.get(reference(`localhost:${port}/a:1`), {path: 'manifests/1', limit: 100});
  };

  test('is not believed', async () => {
    await expect(ask(null)).rejects.toMatchObject({code: 'registry_tls'});
  });

  test('is, once the machine vouches for it', async () => {
    expect((await ask(tls.cert)).status).toBe(200);
  });
});

test('a proxy of the environment is asked', async () => {
  const target = await serve((_, response) => void response.end('through'));
  const tunnels: string[] = [];
  const proxy = createProxy();
  proxy.on('connect', ({url}, socket) => {
    tunnels.push(url ?? '');
    const [host, port] = (url ?? '').split(':');
    const far = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      far.pipe(socket).pipe(far);
    });
  });
  const before = {...process.env};
  process.env.http_proxy = `http://127.0.0.1:${await listening(proxy)}`;
  process.env.no_proxy = '';
  try {
    const answer = await fetcher(process.env)(`http://${target.host}/x`);
    const parts: Uint8Array[] = [];
    for await (const part of answer.body) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('through');
    expect(tunnels).toEqual([target.host]);
  } finally {
    process.env = before;
    await target.close();
  }
});

test('redirects are followed where the caller does not look at them', async () => {
  const target = await serve((request, response) =>
    request.url === '/a' ? void response.writeHead(302, {location: '/b'}).end() : void response.end('b'),
  );
  const get = fetcher({});
  expect((await get(`http://${target.host}/a`)).status).toBe(200);
  expect((await get(`http://${target.host}/a`, {redirect: 'manual'})).status).toBe(302);
  await target.close();
});
