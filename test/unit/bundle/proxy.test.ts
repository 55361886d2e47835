import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, test} from '@jest/globals';

/** undici is CommonJS, which a bundle hands on in another shape than node does: its classes were missing there. */
test('the built program asks through the proxy that the environment names', async () => {
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', ({url}, socket) => {
    asked.push(url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>(listening => proxy.listen(0, '127.0.0.1', listening));
  const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, ['bin/run.js', 'check', 'registry.example.com/none:1', '--json'], {
    env: {...process.env, HTTPS_PROXY, NO_PROXY: '', DOCKER_HOST: 'unix:///nowhere.sock'},
    stdio: 'ignore',
  });
  await once(child, 'close');
  proxy.close();
  expect(asked).toContain('registry.example.com:443');
});
