import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {
  type AptSource,
  isDistributions,
  otherSuite,
  parseDeb822,
  parseOneLine,
  renderSources,
} from '../../../../src/engine/private/apt-sources.js';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const source = (facts: Partial<AptSource>): AptSource => ({
  uri: 'http://mirror.example/debian',
  suites: ['bookworm'],
  components: ['main'],
  signedBy: null,
  trusted: null,
  ...facts,
});

describe('sources in one line', () => {
  test.each<[string, AptSource[]]>([
    ['deb http://mirror.example/debian bookworm main', [source({})]],
    ['  deb\thttp://mirror.example/debian  bookworm main contrib  # ours', [source({components: ['main', 'contrib']})]],
    [`deb [arch=amd64 signed-by=${KEYRING}] http://mirror.example/debian bookworm main`, [source({signedBy: KEYRING})]],
    ['deb [ trusted=yes ] http://mirror.example/debian bookworm main', [source({trusted: 'yes'})]],
    [
      'deb http://mirror.example/flat ./',
      [source({uri: 'http://mirror.example/flat', suites: ['./'], components: []})],
    ],
    ['deb-src http://mirror.example/debian bookworm main', []],
    ['# deb http://mirror.example/debian bookworm main', []],
    ['deb http://mirror.example/debian', []],
    ['deb [arch=amd64 http://mirror.example/debian', []],
    ['', []],
  ])('%p', (text, sources) => {
    expect(parseOneLine(text)).toEqual(sources);
  });
});

describe('sources in paragraphs', () => {
  test('each URI is a source; comments inside a paragraph do not end it', () => {
    const text = `Types: deb deb-src
# a comment
URIs: http://one.example/debian http://two.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: ${KEYRING}

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
`;
    expect(parseDeb822(text).map(({uri, suites, signedBy}) => [uri, suites.length, signedBy])).toEqual([
      ['http://one.example/debian', 2, KEYRING],
      ['http://two.example/debian', 2, KEYRING],
      ['http://mirror.example/debian-security', 1, null],
    ]);
  });

  test.each([
    ['Enabled: no', 'Types: deb\nEnabled: no\nURIs: http://x.example\nSuites: a\nComponents: main'],
    ['source packages only', 'Types: deb-src\nURIs: http://x.example\nSuites: a\nComponents: main'],
    ['no URI', 'Types: deb\nSuites: a\nComponents: main'],
  ])('%s: none', (_, text) => {
    expect(parseDeb822(text)).toEqual([]);
  });

  test('a key inside the file is kept whole', () => {
    const key = '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEY\n -----END PGP PUBLIC KEY BLOCK-----';
    const text = `Types: deb\nURIs: http://x.example\nSuites: a\nComponents: main\nSigned-By:${key}\n`;
    expect(parseDeb822(text)[0]?.signedBy).toBe(key);
  });

  test('what is rendered is read back as it was', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9./-]{0,20}$/);
    const words = fc.array(word, {minLength: 1, maxLength: 4});
    const any = fc.record({
      uri: word.map(path => `http://mirror.example/${path}`),
      suites: words,
      components: words,
      signedBy: fc.option(word.map(path => `/${path}`)),
      trusted: fc.constantFrom(null, 'yes', 'no'),
    });
    fc.assert(
      fc.property(fc.array(any, {maxLength: 5}), sources => {
        expect(parseDeb822(renderSources(sources))).toEqual(sources);
      }),
    );
  });

  test('no text of a file makes the readers fail', () => {
    const line = fc.constantFrom(
      'Types: deb',
      'URIs: http://x.example',
      ' more',
      ':',
      '',
      '#',
      'deb [',
      'deb [a] b c d',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(line, fc.string())).map(lines => lines.join('\n')),
    );
    fc.assert(
      fc.property(text, any => {
        expect([...parseDeb822(any), ...parseOneLine(any)].every(({uri}) => uri !== '')).toBe(true);
      }),
    );
  });
});

describe("the distribution's own archive", () => {
  test.each<[boolean, string, Partial<AptSource>]>([
    [true, 'the release', {}],
    [true, 'its security pocket', {suites: ['bookworm-security']}],
    [true, 'the old name of that pocket', {suites: ['bookworm/updates']}],
    [true, 'the archive’s own keyring', {signedBy: KEYRING}],
    [false, 'another release', {suites: ['trixie']}],
    [false, 'a release whose name begins alike', {suites: ['bookwormish']}],
    [false, "a vendor's component", {components: ['stable']}],
    [false, "a vendor's key", {signedBy: '/usr/share/keyrings/vendor.gpg'}],
    [false, 'a disc', {uri: 'cdrom:[Debian 12]/'}],
  ])('%p: %s', (own, _, facts) => {
    expect(isDistributions(source(facts), 'bookworm')).toBe(own);
  });

  test('gives another release from the same mirror, by the same key', () => {
    const sources = [
      source({suites: ['bookworm-security'], uri: 'http://mirror.example/security'}),
      source({signedBy: KEYRING}),
    ];
    expect(otherSuite(sources, 'bookworm', 'trixie')).toEqual(source({suites: ['trixie'], signedBy: KEYRING}));
    expect(otherSuite(sources.slice(0, 1), 'bookworm', 'trixie')).toBeNull();
  });
});
