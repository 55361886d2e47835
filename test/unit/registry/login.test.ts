import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {delimiter, join} from 'node:path';
import {afterEach, describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parseChallenge} from '../../../src/registry/authorization.js';
import {retryAfter} from '../../../src/registry/client.js';
import {credentialsFor} from '../../../src/registry/credentials.js';
import type {World} from '../../../src/world/world.js';
import {client, reference, type Served, serve, world} from './server.js';

const open: Served[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(server => server.close()));
});
async function start(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Served> {
  const server = await serve(answer);
  open.push(server);
  return server;
}

/** A home with docker's configuration in it. */
function withConfig(content: object, env: Record<string, string> = {}): World {
  const on = world(env);
  mkdirSync(join(on.env.HOME ?? '', '.docker'));
  writeFileSync(join(on.env.HOME ?? '', '.docker/config.json'), JSON.stringify(content));
  return on;
}
const auth = (pair: string) => ({auth: Buffer.from(pair).toString('base64')});
const get = (on: World, host: string) =>
  client(on).get(reference(`${host}/team/app:v1`), {path: 'manifests/v1', limit: 1_000});

/** A registry that wants a token which the same server gives. */
function tokenRegistry(givesTo: (login: string | undefined) => boolean) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url?.startsWith('/token')) {
      if (!givesTo(request.headers.authorization)) return void response.writeHead(401).end();
      return void response.end(JSON.stringify({token: 'secret-token'}));
    }
    if (request.headers.authorization === 'Bearer secret-token') return void response.end('{}');
    const realm = `http://${request.headers.host}/token`;
    response
      .writeHead(401, {'www-authenticate': `Bearer realm="${realm}",service="s",scope="repository:x/y:pull"`})
      .end();
  };
}

describe('a token', () => {
  test('is had without a log-in, for the repository that was asked for', async () => {
    const server = await start(tokenRegistry(login => login === undefined));
    expect((await get(world(), server.host)).status).toBe(200);
    expect(server.asked[1]).toBe('GET /token?service=s&scope=repository%3Ateam%2Fapp%3Apull');
    expect(server.asked).toHaveLength(3);
  });

  test("is had with the log-in of docker's configuration", async () => {
    const server = await start(tokenRegistry(login => login === `Basic ${btoa('ada:pass:word')}`));
    expect((await get(withConfig({auths: {[server.host]: auth('ada:pass:word')}}), server.host)).status).toBe(200);
  });

  test('is had by an identity token, in the body of a POST', async () => {
    const server = await start(tokenRegistry(() => true));
    await get(withConfig({auths: {[server.host]: {identitytoken: 'refresh'}}}), server.host);
    expect(server.asked[1]).toBe('POST /token');
    expect(server.logins).not.toContain('refresh');
  });

  test('that is refused is a matter of the log-in', async () => {
    const server = await start(tokenRegistry(() => false));
    await expect(get(world(), server.host)).rejects.toMatchObject({code: 'registry_auth'});
  });

  test.each(['', '{"token":"a\\r\\nb"}', '{"token":1}', '[]'])('that is %j is none', async body => {
    const server = await start((request, response) =>
      request.url?.startsWith('/token')
        ? void response.end(body)
        : void response
            .writeHead(401, {'www-authenticate': `Bearer realm="http://${request.headers.host}/token"`})
            .end(),
    );
    await expect(get(world(), server.host)).rejects.toMatchObject({code: 'registry_answer_invalid'});
  });
});

const basicRegistry = (login: string) => (request: IncomingMessage, response: ServerResponse) =>
  request.headers.authorization === `Basic ${btoa(login)}`
    ? void response.end('{}')
    : void response.writeHead(401, {'www-authenticate': 'Basic realm="here"'}).end();

describe('credentials', () => {
  test('are sent when they are asked for, and only then', async () => {
    const server = await start(basicRegistry('ada:pw'));
    expect((await get(withConfig({auths: {[server.host]: auth('ada:pw')}}), server.host)).status).toBe(200);
    expect(server.logins).toEqual([undefined, `Basic ${btoa('ada:pw')}`]);
  });

  test('that are wrong are said to be, and sent once', async () => {
    const server = await start(basicRegistry('ada:pw'));
    await expect(get(withConfig({auths: {[server.host]: auth('ada:old')}}), server.host)).rejects.toMatchObject({
      code: 'registry_auth',
      message: expect.stringMatching(/stored log-in is not valid/),
    });
    expect(server.logins).toEqual([undefined, `Basic ${btoa('ada:old')}`]);
  });

  test('of another registry are not', async () => {
    const server = await start(basicRegistry('ada:pw'));
    const on = withConfig({auths: {'other.example': auth('ada:pw')}});
    await expect(get(on, server.host)).rejects.toMatchObject({code: 'registry_auth'});
    expect(server.logins).toEqual([undefined]);
  });

  test('never follow a redirect to another host', async () => {
    const storage = await start((_, response) => void response.end('{}'));
    const server = await start((request, response) =>
      request.headers.authorization === undefined
        ? basicRegistry('ada:pw')(request, response)
        : void response.writeHead(307, {location: `http://${storage.host}/blob`}).end(),
    );
    expect((await get(withConfig({auths: {[server.host]: auth('ada:pw')}}), server.host)).status).toBe(200);
    expect(storage.asked).toEqual(['GET /blob']);
    expect(storage.logins).toEqual([undefined]);
  });

  test('come from a helper, which is told the registry on its input', async () => {
    const on = world();
    const folder = on.env.HOME ?? '';
    const helper = join(folder, 'docker-credential-here');
    writeFileSync(helper, '#!/bin/sh\nread host\necho "{\\"Username\\":\\"for $host\\",\\"Secret\\":\\"s3\\"}"\n');
    chmodSync(helper, 0o755);
    mkdirSync(join(folder, '.docker'));
    writeFileSync(
      join(folder, '.docker/config.json'),
      JSON.stringify({credHelpers: {'r.example': 'here'}, credsStore: 'none'}),
    );
    const path = `${folder}${delimiter}${process.env.PATH}`;
    const before = process.env.PATH;
    process.env.PATH = path;
    try {
      expect(await credentialsFor(on, 'r.example')).toEqual({kind: 'password', user: 'for r.example', password: 's3'});
      expect(await credentialsFor(on, 'other.example')).toBeNull();
    } finally {
      process.env.PATH = before;
    }
  });

  test.each([
    ['a helper that is a path', {credsStore: '../../bin/sh'}],
    ['no base64', {auths: {'r.example': {auth: '%%%'}}}],
    ['numbers', {auths: {'r.example': {auth: 1}}, credHelpers: 2}],
    ['nothing', {}],
  ])('of a file with %s are none', async (_, content) => {
    expect(await credentialsFor(withConfig(content), 'r.example')).toBeNull();
  });

  test('of Docker Hub stand under the name of its first API', async () => {
    const on = withConfig({auths: {'https://index.docker.io/v1/': auth('ada:pw')}});
    expect(await credentialsFor(on, 'docker.io')).toMatchObject({user: 'ada'});
  });
});

describe('limits', () => {
  test('a short pause is waited for, once', async () => {
    const server = await start((_, response) => void response.writeHead(429, {'retry-after': '0'}).end());
    await expect(get(world(), server.host)).rejects.toMatchObject({code: 'registry_rate_limited'});
    expect(server.asked).toHaveLength(2);
  });

  test('a long one closes the registry for this command', async () => {
    const server = await start((_, response) => void response.writeHead(429, {'retry-after': '3600'}).end());
    const one = client(world());
    const ask = () => one.get(reference(`${server.host}/team/app:v1`), {path: 'manifests/v1', limit: 1_000});
    await expect(ask()).rejects.toThrow(/3600 s/);
    await expect(ask()).rejects.toMatchObject({code: 'registry_rate_limited'});
    expect(server.asked).toHaveLength(1);
  });

  test('no request is made where none is left, but for those that cost none', async () => {
    const server = await start(
      (_, response) => void response.writeHead(200, {'ratelimit-remaining': '0;w=21600'}).end(),
    );
    const one = client(world());
    const ask = (method: 'GET' | 'HEAD') =>
      one.get(reference(`${server.host}/team/app:v1`), {path: 'manifests/v1', method, limit: 1_000});
    await ask('GET');
    await expect(ask('GET')).rejects.toMatchObject({code: 'registry_rate_limited'});
    expect((await ask('HEAD')).status).toBe(200);
  });

  test.each([
    ['7', 7_000],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['soon', 60_000],
    ['999999999', 86_400_000],
  ])('Retry-After: %s', (said, milliseconds) => {
    expect(retryAfter(said, new Date('2026-11-24T12:00:00Z'))).toBe(milliseconds);
  });
});

describe('a challenge', () => {
  test.each([
    ['Basic realm="x"', {scheme: 'basic'}],
    [
      'Bearer realm="https://a/t",service="s",scope="repository:a:pull"',
      {scheme: 'bearer', realm: 'https://a/t', service: 's'},
    ],
    [
      'bearer realm="https://nvcr.io/proxy_auth"',
      {scheme: 'bearer', realm: 'https://nvcr.io/proxy_auth', service: null},
    ],
    ['Basic realm="x", Bearer realm="https://a/t"', {scheme: 'bearer', realm: 'https://a/t', service: null}],
    ['Bearer realm="nowhere"', null],
    ['Negotiate', null],
    [null, null],
  ])('%s', (header, expected) => {
    expect(parseChallenge(header)).toEqual(expected);
  });

  test('is read from anything', () => {
    fc.assert(fc.property(fc.string({maxLength: 5_000}), text => void parseChallenge(`Bearer realm="${text}`)));
  });
});

test('the token of a registry with TLS is not fetched in clear text', async () => {
  const {authorize} = await import('../../../src/registry/authorization.js');
  const asked = {host: 'r.example', path: 'a', plain: false, credentials: null, request: {}};
  const challenge = {scheme: 'bearer', realm: 'http://r.example/token', service: null} as const;
  await expect(authorize(world(), challenge, asked)).rejects.toMatchObject({code: 'registry_auth'});
});
