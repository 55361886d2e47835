import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {readProject, slug} from '../../../src/environment/project.js';
import {memory, project} from './memory.js';

const DIR = '/home/ada/My Digits';
const inProject = (files: Record<string, string>) =>
  memory(Object.fromEntries(Object.entries(files).map(([path, text]) => [`${DIR}/${path}`, text])));
const read = (files: Record<string, string>) => readProject(inProject(files), 'My Digits');

describe('a project folder', () => {
  test('without files of packages', async () => {
    const {notes, ...plain} = await read({'train.py': ''});
    expect({...plain, notes: []}).toEqual(project({dir: DIR, name: 'my-digits'}));
    expect(notes).toEqual([expect.stringContaining('none but the tools')]);
    const tools = {'pyproject.toml': '[build-system]\nrequires = ["setuptools"]', 'setup.py': ''};
    expect((await read(tools)).notes).toEqual([expect.stringContaining('setup.py is not read')]);
    expect((await read({'gpudock.yaml': 'packages: [six]'})).notes).toEqual([]);
  });

  test('follows the files that its requirements name, once each, from where they lie', async () => {
    const project = await read({
      'requirements.txt': '\ufefftorch\n-r more/base.txt\n',
      'more/base.txt': 'numpy\n-r ../requirements.txt\n-c pins.txt\n',
      'more/pins.txt': 'numpy<2\n',
    });
    expect(project.files.map(file => file.path)).toEqual(['requirements.txt', 'more/base.txt', 'more/pins.txt']);
    expect(project.requirements).toMatchObject([
      {name: 'torch', from: 'requirements.txt:1'},
      {name: 'numpy', from: 'more/base.txt:1'},
    ]);
    expect(project.constraints).toMatchObject([{name: 'numpy', specifier: '<2', from: 'more/pins.txt:1'}]);
  });

  test('gpudock.yaml has the last word and adds its own', async () => {
    const project = await read({
      'gpudock.yaml': 'name: digits\npython: "3.11"\npackages: [jax]\napt: [ffmpeg]',
      'pyproject.toml': '[project]\nrequires-python = ">=3.12"\ndependencies = ["torch"]',
      'apt.txt': 'git # for version control\nffmpeg\n\ng++\n',
    });
    expect(project).toMatchObject({name: 'digits', python: '3.11', kind: 'pyproject', apt: ['ffmpeg', 'g++', 'git']});
    expect(project.requirements.map(({name}) => name)).toEqual(['torch', 'jax']);
  });

  test('one kind of file is read; a note tells of the others', async () => {
    const project = await read({'requirements.txt': 'numpy', 'environment.yml': 'dependencies: [pandas]'});
    expect(project.kind).toBe('requirements');
    expect(project.notes).toEqual(['environment.yml was not read: requirements.txt comes first']);
  });

  test('settings of tools are no file of packages', async () => {
    const project = await read({'pyproject.toml': '[tool.ruff]', 'environment.yml': 'dependencies: [pandas]'});
    expect(project).toMatchObject({kind: 'conda', requirements: [{name: 'pandas'}]});
    expect((await read({'pyproject.toml': '[tool.ruff]'})).kind).toBe('none');
  });

  test('a conda file is no part of the build; a note names what is left out', async () => {
    const project = await read({'environment.yml': 'dependencies: [python=3.12, cudatoolkit, numpy]'});
    expect(project).toMatchObject({kind: 'conda', files: [], python: '==3.12.*'});
    expect(project.notes.join()).toContain('cudatoolkit');
  });

  test('a name in an address is no secret', async () => {
    const lines = [
      'a @ git+ssh://git@h.example/a.git',
      'b @ git+https://ada@h.example/b.git@v1.0',
      'c @ https://h.example/c:1@2',
    ];
    expect((await read({'requirements.txt': lines.join('\n')})).requirements.length).toBe(3);
  });

  test('the pip section of a conda file may name files, and options', async () => {
    const pip = ['-r requirements/base.txt', '--extra-index-url https://h.example/simple', 'six'];
    const text = (conda: string) => JSON.stringify({channels: ['conda-forge'], dependencies: [conda, {pip}]});
    const read2 = (conda: string) => read({'environment.yml': text(conda), 'requirements/base.txt': 'numpy<2\n'});
    const files = ['environment.yml.pip.txt', 'requirements/base.txt'];
    const plain = await read2('pandas');
    expect(plain).toMatchObject({kind: 'conda', files: [{text: `${pip.join('\n')}\n`}, {}]});
    expect(plain.files.map(({path}) => path)).toEqual(files);
    expect(plain.requirements.map(({name, from}) => `${from} ${name}`)).toEqual([
      'environment.yml pandas',
      'environment.yml.pip.txt:3 six',
      'requirements/base.txt:1 numpy',
    ]);
    const conda = await read2('ffmpeg');
    expect(conda.files.map(({path}) => path)).toEqual(['environment.yml', ...files]);
    await expect(read({'environment.yml': text('pandas')})).rejects.toMatchObject({code: 'requirement_unreadable'});
  });

  test('a conda file that names more than Python packages is handed to micromamba as it is', async () => {
    const text = 'channels: [conda-forge]\ndependencies: [pytorch=2.5, ffmpeg]';
    const project = await read({'environment.yml': text});
    expect(project).toMatchObject({kind: 'micromamba', files: [{path: 'environment.yml', text}]});
    expect(project.requirements).toMatchObject([{name: 'torch', specifier: '==2.5.*'}]);
    expect(project.notes.join()).toContain('ffmpeg');
  });

  test.each([
    ['requirement_unreadable', {'requirements.txt': 'numpy 1.26'}],
    ['requirement_unreadable', {'requirements.txt': '-e .'}],
    ['requirement_unreadable', {'requirements.txt': '-e git+https://h.example/a.git#egg=a'}],
    ['requirement_unreadable', {'requirements.txt': '-c https://h.example/pins.txt'}],
    ['requirement_unreadable', {'pyproject.toml': '[project]\ndependencies = ["a @ file:///srv/a"]'}],
    ['requirement_unreadable', {'gpudock.yaml': 'packages: ["a @ file:///srv/a"]'}],
    ['credentials_in_file', {'requirements.txt': 'numpy\n--index-url https://ada:secret@h.example/simple'}],
    ['credentials_in_file', {'requirements.txt': 'git+https://ghp_0123456789abcdef@h.example/a.git'}],
    ['credentials_in_file', {'requirements.txt': 'git+https://$TOKEN@h.example/a.git'}],
    ['credentials_in_file', {'environment.yml': 'dependencies: [{pip: ["-i https://a:b@h.example/simple"]}]'}],
    ['credentials_in_file', {'gpudock.yaml': 'packages: ["a @ git+https://ada:secret@h.example/a.git"]'}],
    ['requirement_unreadable', {'requirements.txt': '-r missing.txt'}],
    ['requirement_unreadable', {'requirements.txt': '-r ../other/r.txt'}],
    ['requirement_unreadable', {'requirements.txt': '-r --link', '--link': 'numpy'}],
    ['requirement_unreadable', {'requirements.txt': '-r /etc/passwd'}],
    ['requirement_unreadable', {'requirements.txt': '-r a b.txt', 'a b.txt': ''}],
    ['requirement_unreadable', {'gpudock.yaml': 'packages: ["a b"]'}],
    ['requirements_not_plain', {'pyproject.toml': '[tool.poetry.dependencies]\nnumpy = "^2"'}],
    ['requirements_not_plain', {'pyproject.toml': '[project]\nname = "x"\ndynamic = ["dependencies"]'}],
    ['apt_package_unreadable', {'apt.txt': 'git; id'}],
    ['apt_package_unreadable', {'apt.txt': '--allow-unauthenticated'}],
    // apt-get install removes a package whose name ends in a minus.
    ['apt_package_unreadable', {'apt.txt': 'python3-'}],
    ['apt_package_unreadable', {'gpudock.yaml': 'apt: ["a\\nRUN id"]'}],
  ])('%s: %j', async (code, files) => {
    await expect(read(files)).rejects.toMatchObject({code, fix: expect.any(String)});
  });
});

describe('a folder that cannot be used', () => {
  const own = {kind: 'folder' as const, uid: 0, gid: 0, readable: true, writable: true};
  test.each([
    ['folder_missing', {status: 'not-found' as const}],
    ['folder_unreadable', {status: 'denied' as const}],
    ['folder_unreadable', {status: 'ok' as const, value: {...own, readable: false}}],
    ['not_a_folder', {status: 'ok' as const, value: {...own, kind: 'file' as const}}],
    ['folder_not_writable', {status: 'ok' as const, value: {...own, writable: false}}],
  ])('%s', async (code, facts) => {
    const world = {...memory({}), stat: async () => facts};
    await expect(readProject(world, 'x')).rejects.toMatchObject({code, fix: expect.any(String)});
  });

  test('a path that no mount can name', async () => {
    const world = {...memory({}), stat: async () => ({status: 'ok' as const, value: own})};
    await expect(readProject(world, 'a:b')).rejects.toMatchObject({code: 'folder_not_mountable'});
  });

  test('a file that may not be read is no missing file', async () => {
    const world = {...inProject({a: ''}), read: async () => ({status: 'denied' as const})};
    await expect(readProject(world, 'My Digits')).rejects.toMatchObject({code: 'file_unreadable'});
  });
});

test('every folder name gives a name that an image may have', () => {
  fc.assert(
    fc.property(fc.string({unit: 'grapheme'}), name => expect(slug(name)).toMatch(/^[a-z0-9][a-z0-9-]{0,39}$/)),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{30,60}(-[a-z]{5,20}){1,4}$/), name =>
      expect(slug(name)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    ),
  );
});
