import {expect, test} from '@jest/globals';
import {addedPackages, parseCompiled, parseReport} from '../../../src/dockerfile/resolved.js';

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
