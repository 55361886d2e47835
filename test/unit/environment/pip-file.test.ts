import {expect, test} from '@jest/globals';
import {pipSection} from '../../../src/environment/pip-file.js';

test.each<[string, string, ReturnType<typeof pipSection>]>([
  ['a line each', '[global]\nindex-url = https://a/simple\n', {'index-url': 'https://a/simple'}],
  [
    'lines that go on, with a comment and an empty line between them',
    '[global]\nextra-index-url =\n    https://a/simple\n    # the other\n\n    https://b/simple?x=1\ntrusted-host = a\n  b\n',
    {'extra-index-url': 'https://a/simple\nhttps://b/simple?x=1', 'trusted-host': 'a\nb'},
  ],
  ['a colon', '[global]\r\nindex-url: https://a/simple\r\n', {'index-url': 'https://a/simple'}],
  ['other spellings', '\ufeff[install]\n  --Index_URL=https://a/simple', {'index-url': 'https://a/simple'}],
  [
    'install before global',
    '[install]\nindex-url = https://a/simple\n[global]\nindex-url = https://b/simple\ntrusted-host = b\n',
    {'index-url': 'https://a/simple', 'trusted-host': 'b'},
  ],
  ['a section of another command', '[download]\nindex-url = https://a/simple\n', {}],
  [
    'an indented first name',
    '[global]\n  timeout = 60\n  index-url = https://a/simple\n',
    {'index-url': 'https://a/simple'},
  ],
  ['no settings at all', 'index-url\n=\n[\n]', {}],
])('%s', (_, text, said) => {
  expect(pipSection(text)).toEqual(said);
});
