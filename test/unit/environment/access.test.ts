import {expect, test} from '@jest/globals';
import {parseBuildArg, parseCache, parsePlatforms, parseSecret, parseSsh} from '../../../src/environment/access.js';
import {type Failure, isFailure} from '../../../src/failure.js';

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

test('a build argument has a value, its own or that of the variable', () => {
  expect(parseBuildArg('MAX_JOBS=4', {})).toBe('MAX_JOBS=4');
  expect(parseBuildArg('EMPTY=', {})).toBe('EMPTY=');
  expect(parseBuildArg('FLAGS', {FLAGS: '-O2 -g=1'})).toBe('FLAGS=-O2 -g=1');
});

test.each([
  ['--flag=1', 'neither'],
  ['A B=1', 'neither'],
  ['A=1\nRUN id', 'neither'],
  ['UNSET', 'not set'],
  ['HF_TOKEN=hf_secret', 'secret'],
  ['api_key=1', 'secret'],
])('the build argument %j is refused, and its value not repeated', (text, cause) => {
  const failure = failureOf(() => parseBuildArg(text, {}));
  expect(failure?.reason).toContain(cause);
  expect(JSON.stringify([failure?.message, failure?.reason, failure?.fix])).not.toContain('hf_secret');
});

function failureOf(work: () => unknown): Failure | null {
  try {
    work();
    return null;
  } catch (error) {
    return isFailure(error) ? error : null;
  }
}
