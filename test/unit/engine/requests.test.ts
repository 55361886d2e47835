import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../../src/engine/connect.js';
import {createContainer} from '../../../src/engine/containers.js';
import {attach} from '../../../src/engine/job.js';

let folder: string;
let engine: Engine;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) =>
  request.url === '/version' ? response.end('{"ApiVersion":"1.45"}') : answer(request, response),
);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gpudock-requests-'));
  server.listen(join(folder, 'engine.sock'));
  await once(server, 'listening');
  const env = {DOCKER_HOST: `unix://${join(folder, 'engine.sock')}`};
  engine = await connect({env, read: async () => ({status: 'not-found'})});
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, {recursive: true});
});

test('what a container is made of stands in no address: engines write those into their logs', async () => {
  const asked: {url: string | undefined; body: string}[] = [];
  answer = async (request, response) => {
    asked.push({url: request.url, body: await text(request)});
    response.writeHead(201, {'content-type': 'application/json'}).end('{"Id":"made"}');
  };
  await createContainer(engine, 'named', {Image: 'image', Env: ['KEY=hush']});
  expect(asked.map(({url}) => url)).toEqual(['/containers/create?name=named']);
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({Image: 'image', Env: ['KEY=hush']});
});

test('an engine that does not join us to a container: a clear no, and the connection is closed', async () => {
  const closed = new Promise<void>(done => server.once('connection', socket => socket.once('close', () => done())));
  answer = (_, response) =>
    void response.writeHead(409, {'content-type': 'application/json'}).end('{"message":"cannot be attached to"}');
  await expect(attach(engine.docker.getContainer('made'), true)).rejects.toMatchObject({
    code: 'engine_refused',
    reason: expect.stringMatching(/cannot be attached to/),
  });
  await closed;
});
