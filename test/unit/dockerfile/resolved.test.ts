import {expect, test} from '@jest/globals';
import {addedPackages, parseCompiled, parseCondaAnswer, parseReport} from '../../../src/dockerfile/resolved.js';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

test('uv: versions with their hashes, repositories by commit, sorted', () => {
  const text = [
    'Six==1.17.0 \\',
    `    --hash=${B} \\`,
    `    --hash=${A}`,
    'ours @ git+https://h.example/ours.git@0123abc',
    `jax[cuda12]==0.4.38 ; python_version >= "3.10" \\`,
    `    --hash=${A}`,
    '# a comment',
    '',
  ].join('\n');
  expect(parseCompiled(text)).toEqual([
    {name: 'jax', version: '0.4.38', url: null, hashes: [A]},
    {name: 'ours', version: null, url: 'git+https://h.example/ours.git@0123abc', hashes: []},
    {name: 'six', version: '1.17.0', url: null, hashes: [A, B]},
  ]);
});

test("pip: what its report would install, with the file's hash or the commit", () => {
  const metadata = (name: string, version: string) => ({metadata: {name, version}});
  const report = {
    version: '1',
    install: [
      {
        ...metadata('Six', '1.17.0'),
        is_direct: false,
        download_info: {
          url: 'https://h.example/six.whl',
          archive_info: {hash: `sha256=${'a'.repeat(64)}`, hashes: {sha256: 'a'.repeat(64), md5: 'c'}},
        },
      },
      {
        ...metadata('ours', '0.1'),
        is_direct: true,
        download_info: {url: 'https://h.example/ours.git', vcs_info: {vcs: 'git', commit_id: '0123abc'}},
      },
    ],
  };
  expect(parseReport(JSON.stringify(report))).toEqual([
    {name: 'ours', version: '0.1', url: 'git+https://h.example/ours.git@0123abc', hashes: []},
    {name: 'six', version: '1.17.0', url: null, hashes: [A]},
  ]);
});

test('apt: what was not there before, once', () => {
  expect(addedPackages('a=1\nb=1\n', 'a=1\nb=2\nc=1\nc=1\n')).toEqual(['b=2', 'c=1']);
});

test('micromamba: what it would link, in its order, from the public place of the channels', () => {
  const linked = (name: string, url: string) => ({
    ...{
      build: 'h1_0',
      build_number: 0,
      channel: 'conda-forge',
      fn: url.replace(/.*\//, ''),
      md5: 'c',
      subdir: 'linux-64',
    },
    ...{name, version: '1.3', url, sha256: 'a'.repeat(64)},
  });
  const mirrored = 'http://m.example/conda/conda-forge/linux-64/libown-1.3-h1_0.tar.bz2';
  const other = 'https://c.example/own/noarch/six-1.3-0.conda';
  const text = JSON.stringify({
    actions: {FETCH: [], LINK: [linked('libown', mirrored), linked('six', other)], PREFIX: '/opt/venv'},
    success: true,
  });
  const place = 'https://conda.anaconda.org';
  expect(parseCondaAnswer(text, 'http://m.example/conda', place)).toEqual([
    {
      name: 'libown',
      version: '1.3',
      url: `${place}/conda-forge/linux-64/libown-1.3-h1_0.tar.bz2`,
      sha256: 'a'.repeat(64),
    },
    {name: 'six', version: '1.3', url: other, sha256: 'a'.repeat(64)},
  ]);
  expect(parseCondaAnswer(text, null, place)[0]?.url).toBe(mirrored);
});
