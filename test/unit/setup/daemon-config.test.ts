import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {mirrorsIn, withSettings} from '../../../src/setup/daemon-config.js';

const PATH = '/etc/docker/daemon.json';

describe('daemon.json', () => {
  test.each<[string, string | null, object, string]>([
    ['is made', null, {'data-root': '/data/docker'}, '{\n  "data-root": "/data/docker"\n}\n'],
    ['empty is made', ' \n', {'data-root': '/d/d'}, '{\n  "data-root": "/d/d"\n}\n'],
    [
      'keeps what is there, in its order and with its indentation',
      '{\n    "features": {"cdi": true},\n    "log-opts": {"max-size": "10m"}\n}',
      {'data-root': '/d/d'},
      '{\n    "features": {\n        "cdi": true\n    },\n    "log-opts": {\n        "max-size": "10m"\n    },\n    "data-root": "/d/d"\n}\n',
    ],
    [
      'puts new mirrors before those that are there, each once',
      '{"registry-mirrors": ["https://a/", "https://b/"]}',
      {'registry-mirrors': ['https://c/', 'https://a/']},
      '{\n  "registry-mirrors": [\n    "https://c/",\n    "https://a/",\n    "https://b/"\n  ]\n}\n',
    ],
  ])('%s', (_, before, settings, after) => expect(withSettings(PATH, before, settings)).toBe(after));

  test.each(['{"a": 1', '[]', '"text"', 'null'])('%s is never replaced', text => {
    expect(() => withSettings(PATH, text, {'data-root': '/d/d'})).toThrow(
      expect.objectContaining({code: 'daemon_config_invalid'}),
    );
  });

  test('every other setting survives', () => {
    const config = fc.dictionary(fc.string({minLength: 1}), fc.jsonValue());
    fc.assert(
      fc.property(config, before => {
        const text = JSON.stringify(before);
        const after = JSON.parse(withSettings(PATH, text, {'data-root': '/d/d'}));
        expect(after).toEqual({...JSON.parse(text), 'data-root': '/d/d'});
      }),
    );
  });

  test('names its mirrors; none where it cannot be read', () => {
    expect(mirrorsIn('{"registry-mirrors": ["https://a/"]}')).toEqual(['https://a/']);
    expect(mirrorsIn('{"registry-mirrors": "https://a/"}')).toEqual([]);
    expect(mirrorsIn('{')).toEqual([]);
    expect(mirrorsIn(null)).toEqual([]);
  });
});
