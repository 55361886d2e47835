import {expect, test} from '@jest/globals';
import {inLook, lookOf} from '../../../src/ui/look.js';
import {bytes, duration} from '../../../src/ui/units.js';

const TERMINAL = {isTTY: true, columns: 100};

test.each<[Record<string, string>, boolean]>([
  [{}, true],
  [{LANG: 'C'}, false],
  [{LANG: 'POSIX'}, false],
  [{LANG: 'de_DE.ISO-8859-1'}, false],
  [{LANG: 'zh_CN.UTF-8'}, true],
  [{LANG: 'C', LC_ALL: 'C.UTF-8'}, true],
  [{LANG: 'C.UTF-8', LC_CTYPE: 'C'}, false],
  [{LANG: 'C.UTF-8', TERM: 'linux'}, false],
])('%j has the signs of Unicode: %j', (env, unicode) => {
  expect(lookOf(TERMINAL, env).unicode).toBe(unicode);
});

test.each<[Record<string, string>, boolean]>([
  [{TERM: 'xterm-256color'}, false],
  [{TERM_PROGRAM: 'WezTerm'}, true],
  [{VTE_VERSION: '6800'}, true],
  [{VTE_VERSION: '4000'}, false],
  [{TERM: 'xterm-kitty'}, true],
  [{TERM: 'xterm-kitty', TMUX: '/tmp/x'}, false],
  [{WT_SESSION: 'x', CI: 'true'}, false],
  [{FORCE_HYPERLINK: '1'}, true],
  [{TERM: 'xterm-kitty', FORCE_HYPERLINK: '0'}, false],
])('%j shows links: %j', (env, links) => {
  expect(lookOf(TERMINAL, env).links).toBe(links);
});

test('what is no terminal has no width and no links', () => {
  expect(lookOf({}, {FORCE_HYPERLINK: '1'})).toEqual({columns: null, unicode: true, links: false});
});

test('without Unicode the signs keep their meaning, and names stay what they are', () => {
  const look = {columns: null, unicode: false, links: false};
  expect(inLook('✓ 数据 → größe … 3 × ≥ 2', look)).toBe('+ 数据 > größe ... 3 x >= 2');
});

test('an address is a link, the end of its sentence is not', () => {
  const look = {columns: 80, unicode: true, links: true};
  const url = 'http://127.0.0.1:8888/lab?token=ab';
  expect(inLook(`see ${url}, now`, look)).toBe(`see \u001b]8;;${url}\u001b\\${url}\u001b]8;;\u001b\\, now`);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [205 * 2 ** 20, '205 MiB'],
  [1.25 * 2 ** 30, '1.3 GiB'],
  [9 * 2 ** 50, '9216 TiB'],
])('%d bytes are %s', (count, text) => {
  expect(bytes(count)).toBe(text);
});

test.each([
  [0.04, '0.0 s'],
  [9.96, '10 s'],
  [59.6, '1 min 00 s'],
  [185, '3 min 05 s'],
  [7812, '2 h 10 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('a terminal that was told no width has the usual one', () => {
  expect(lookOf({isTTY: true, columns: 0}, {}).columns).toBe(80);
  expect(lookOf({isTTY: true}, {}).columns).toBe(80);
});
