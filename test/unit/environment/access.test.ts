import {expect, test} from '@jest/globals';
import {parseCache, parsePlatforms, parseSecret, parseSsh} from '../../../src/environment/access.js';

test.each([
  ['id=netrc,src=/home/ada/.netrc', {id: 'netrc', src: '/home/ada/.netrc'}],
  ['id=token,src=t.txt', {id: 'token', src: '/work/t.txt'}],
  ['id=token,env=MY_TOKEN', {id: 'token', env: 'MY_TOKEN'}],
])('%s', (text, secret) => {
  expect(parseSecret(text, '/work')).toEqual(secret);
});

test.each(['netrc', 'id=ca,src=x', 'id=a b,src=x', 'id=a,src=x,target=/etc/passwd', 'id=a,src=x\nRUN id', '--flag'])(
  '%j is refused, and not repeated in the message',
  text => {
    expect(() => parseSecret(text, '/work')).toThrow('--secret is not understood');
  },
);

test.each(['type=registry,ref=registry.example/cache:1', 'type=local,dest=/var/cache/x,mode=max', 'type=inline'])(
  'the cache %s',
  text => {
    expect(parseCache(text, 'cache-to')).toBe(text);
  },
);

test.each(['', 'inline', 'type=floppy', 'type=local,dest="a,b"', 'type=local,dest=a b', 'type=inline\n--push'])(
  'the cache %j is refused',
  text => {
    expect(() => parseCache(text, 'cache-from')).toThrow('--cache-from is not understood');
  },
);

test('the agent, or a key by its path', () => {
  expect(['default', 'default=key', 'default=/run/agent'].map(text => parseSsh(text, '/work'))).toEqual([
    'default',
    'default=/work/key',
    'default=/run/agent',
  ]);
  for (const text of ['key', 'default=', 'other=key', 'default=a,b'])
    expect(() => parseSsh(text, '/work')).toThrow('--ssh is not understood');
});

test('platforms, each once', () => {
  expect(parsePlatforms('linux/arm64,linux/amd64,linux/arm64')).toEqual(['linux/amd64', 'linux/arm64']);
  for (const text of ['', 'arm64', 'windows/amd64', 'linux/amd64 --push'])
    expect(() => parsePlatforms(text)).toThrow('is not understood');
});
