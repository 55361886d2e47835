import {expect, test} from '@jest/globals';
import {parseSecret} from '../../../src/environment/access.js';

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
