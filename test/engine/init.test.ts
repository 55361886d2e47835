import {existsSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {gpudock, readLab} from '../lab/gpudock.js';
import {startSshd} from '../lab/sshd.js';
import {Terminal} from '../lab/terminal.js';

const BIN = resolve('bin/run.js');
/** An engine that is not there: what is asked here is asked of no engine. */
const NO_ENGINE = {DOCKER_HOST: 'unix:///nonexistent/docker.sock'};
const QUESTIONS = [
  /Which framework\?/,
  /Which image\?/,
  /More packages/,
  /Which GPUs\?/,
  /Folders with data/,
  /Which port/,
  /What is it for\?/,
];

/** Without a framework there is no image to choose, but a Python. */
const PLAIN_QUESTIONS = QUESTIONS.map(question => (question.source === 'Which image\\?' ? /Which Python\?/ : question));

let folder = '';
let home = '';
let gpu: Record<string, string> = {};
let terminal: Terminal | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gpudock-init-'));
  home = await mkdtemp(join(tmpdir(), 'gpudock-home-'));
  await writeFile(join(folder, 'requirements.txt'), 'torch>=2.4\nnumpy\n');
  gpu = {...NO_ENGINE, PATH: `${(await readLab()).gpuFolder}:${process.env.PATH}`};
});

afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
  for (const each of [folder, home]) await rm(each, {recursive: true, force: true});
});

const wizard = async (options: Parameters<typeof Terminal.open>[1] = {}, ...flags: string[]): Promise<Terminal> => {
  terminal = await Terminal.open([process.execPath, BIN, 'init', folder, ...flags], {env: gpu, ...options});
  return terminal;
};

/** The question that waits for an answer: one that was answered stays above it. */
const waiting = ({source}: RegExp): RegExp => new RegExp(`\\n\\? ${source}(?![\\s\\S]*\\n\\? )`);

async function answerAll(screen: Terminal, questions: readonly RegExp[]): Promise<void> {
  for (const question of questions) {
    await screen.until(question);
    await screen.press('Enter');
  }
}

describe('in a terminal', () => {
  test('seven questions, each with an answer, end in a file that gpudock reads', async () => {
    const screen = await wizard();
    expect(await screen.until(/Which framework\?/)).toMatch(/❯ PyTorch/);
    await screen.press('Enter');
    expect(await screen.until(/Which image\?/)).toMatch(/System .*\n\s+Driver .*\n\s+GPU .*\n\s+Engine /);
    await screen.press('Enter');
    await screen.until(/More packages/);
    await screen.type('scikit-learn>=1.5 pandas');
    await screen.press('Enter');
    await answerAll(screen, [/Which GPUs\?/]);
    await screen.until(/Folders with data/);
    await screen.type('images:ro');
    await screen.press('Enter');
    await screen.until(/there is nothing/);
    await mkdir(join(folder, 'images'));
    await screen.press('Enter');
    await answerAll(screen, [/Which port/]);
    expect(await screen.until(/What is it for\?/)).toMatch(/# Dockerfile\nFROM|FROM .*AS builder/);
    expect(existsSync(join(folder, 'gpudock.yaml'))).toBe(false);
    await screen.press('Enter');
    await screen.until(/exit 0/);
    const text = await readFile(join(folder, 'gpudock.yaml'), 'utf8');
    const [, schema = ''] = /^# yaml-language-server: \$schema=(.*)$/m.exec(text) ?? [];
    expect(JSON.parse(await readFile(join(folder, schema), 'utf8'))).toMatchObject({title: 'gpudock.yaml'});
    expect(text).toMatch(/^framework: pytorch # /m);
    expect(text).toMatch(/^packages: \[scikit-learn>=1.5, pandas\]/m);
    expect(text).toMatch(/^data: \[images:ro\]/m);
  });

  test('back leads from each question to the one before', async () => {
    const screen = await wizard();
    await answerAll(screen, QUESTIONS.slice(0, -1));
    await screen.until(/What is it for\?/);
    for (const question of [...QUESTIONS].reverse().slice(1)) {
      await screen.press('Escape');
      await screen.until(waiting(question));
    }
    await screen.press('Escape');
    await screen.until(/exit 130/);
    expect(await readdir(folder)).toEqual(['requirements.txt']);
  });

  test('the question of Python can be left both ways too', async () => {
    await writeFile(join(folder, 'requirements.txt'), 'numpy\n');
    const screen = await wizard();
    await answerAll(screen, PLAIN_QUESTIONS.slice(0, 2));
    await screen.until(/More packages/);
    await screen.press('Escape');
    expect(await screen.until(waiting(/Which Python\?/))).toMatch(/❯ auto/);
    await screen.press('Escape');
    await screen.until(waiting(/Which framework\?/));
    await screen.press('Enter');
    await screen.until(waiting(/Which Python\?/));
    await screen.press('C-c');
    await screen.until(/exit 130/);
    expect(await readdir(folder)).toEqual(['requirements.txt']);
  });

  test.each(QUESTIONS.map((question, at) => [question.source, at] as const))(
    'Ctrl-C at "%s" leaves nothing',
    async (_, at) => {
      const screen = await wizard();
      await answerAll(screen, QUESTIONS.slice(0, at));
      await screen.until(QUESTIONS[at] ?? /never/);
      await screen.press('C-c');
      await screen.until(/exit 130/);
      expect(await readdir(folder)).toEqual(['requirements.txt']);
    },
  );

  test('a narrow terminal, one that changes its size, and one without colours tell the same', async () => {
    const screen = await wizard({columns: 40, env: {...gpu, NO_COLOR: '1'}});
    await screen.until(/Which framework\?/);
    await screen.resize(100, 30);
    await screen.press('Down');
    expect(await screen.until(/❯ TensorFlow/)).toMatch(/Which framework\?/);
    expect(await screen.screen({colours: true})).not.toMatch(/\u001b\[(?:3[0-7]|9[0-7]|1|2)m/);
  });

  test('40 columns and a Chinese name are enough for the whole way', async () => {
    const named = join(folder, '数据集');
    await mkdir(named);
    await writeFile(join(named, 'requirements.txt'), 'torch\n');
    terminal = await Terminal.open([process.execPath, BIN, 'init', named], {
      columns: 40,
      env: {...gpu, LC_ALL: 'zh_CN.UTF-8', TERM: 'screen'},
      cwd: named,
    });
    await answerAll(terminal, QUESTIONS);
    const screen = await terminal.until(/exit 0/);
    // A long path goes on in the next line of so narrow a screen.
    expect(screen.replaceAll('\n', '')).toContain(`wrote ${named}/gpudock.yaml`);
  });

  test('over ssh it is the same, and Ctrl-C there too leaves nothing', async () => {
    const {alias, programs, end} = await startSshd();
    try {
      const line = [process.execPath, BIN, 'init', folder].join(' ');
      const answered = ['--python', '3.12', '--packages', 'pandas', '--gpus', 'all', '--data', '', '--port', 'auto'];
      const far = [join(programs, 'ssh'), '-t', alias, `DOCKER_HOST=${NO_ENGINE.DOCKER_HOST} ${line}`];
      terminal = await Terminal.open(far, {env: {TERM: 'screen'}});
      await terminal.until(/Which framework\?/);
      await terminal.press('C-c');
      await terminal.until(/exit 130/);
      expect(await readdir(folder)).toEqual(['requirements.txt']);
      await terminal.close();
      terminal = await Terminal.open([...far, ...answered.map(word => `'${word}'`)], {env: {TERM: 'screen'}});
      await terminal.until(/Which framework\?/);
      await terminal.press('Down', 'Down', 'Down', 'Enter');
      await terminal.until(/What is it for\?/);
      await terminal.press('Enter');
      await terminal.until(/exit 0/);
      expect(await readFile(join(folder, 'gpudock.yaml'), 'utf8')).toMatch(/^framework: none/m);
    } finally {
      await end();
    }
  });

  test('signs without Unicode are still signs', async () => {
    const screen = await wizard({env: {...gpu, LC_ALL: 'C', NO_COLOR: '1'}});
    expect(await screen.until(/Which framework\?/)).toMatch(/^> PyTorch/m);
    expect(await screen.screen()).not.toMatch(/[^\x00-\x7f]/);
  });

  test('a question that was answered is one line, one that was left is none', async () => {
    const screen = await wizard();
    await answerAll(screen, QUESTIONS.slice(0, 2));
    await screen.until(/More packages/);
    await screen.press('Escape');
    expect(await screen.until(waiting(/Which image\?/))).not.toMatch(/More packages/);
    await screen.press('C-c');
    const left = await screen.until(/exit 130/);
    expect(left).toMatch(/✔ Which framework\? PyTorch/);
    expect(left).not.toMatch(/❯|navigate/);
  });

  test('no colour tells anything: what is chosen is bold, on black as on white', async () => {
    const screen = await wizard({env: {...gpu, DOCKER_HOST: (await readLab()).host}});
    await answerAll(screen, QUESTIONS.slice(0, 1));
    await screen.until(/Which image\?/);
    const shown = await screen.screen({colours: true});
    // tmux writes no style twice: the question before it is bold already.
    expect(shown).toMatch(/\u001b\[1mWhich image\?\n❯ auto\n\u001b\[0m/);
    expect(shown).toMatch(/\u001b\[2m- pytorch\S+ \(needs driver >= \d/);
    expect(shown).not.toMatch(/\u001b\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])m/);
  });

  test('what the file says of packages is changed where it stands, and can be taken out', async () => {
    await writeFile(join(folder, 'gpudock.yaml'), 'packages: [pandas] # ours\ndata: []\n');
    const given = ['--framework', 'none', '--port', 'auto', '--gpus', 'all', '--next', 'write'];
    const screen = await wizard({columns: 120}, ...given);
    await answerAll(screen, [/Which Python\?/]);
    await screen.until(/spaces between\) pandas/);
    await screen.press('C-u', 'BSpace');
    await screen.press('Enter');
    await answerAll(screen, [/Folders with data/]);
    await screen.until(/exit 0/);
    expect(await readFile(join(folder, 'gpudock.yaml'), 'utf8')).not.toMatch(/pandas/);
  });

  test('a plan that cannot be made costs no answer', async () => {
    const lab = await readLab();
    const given = ['--framework', 'none', '--packages', '', '--data', '', '--port', 'auto'];
    const image = `${lab.registry}/no-such:1`;
    const screen = await wizard({env: {DOCKER_HOST: lab.host}}, ...given, '--base', image);
    const shown = await screen.until(/What is it for\?/);
    expect(shown).toMatch(/Error: no base image can be had/);
    await screen.press('Enter');
    await screen.until(/exit 0/);
    expect(await readFile(join(folder, 'gpudock.yaml'), 'utf8')).toContain(`base: ${image}`);
  });

  describe('that is read out (TERM=dumb)', () => {
    const readOut = async (...flags: string[]): Promise<Terminal> => {
      const line = [process.execPath, BIN, 'init', folder, ...flags].join(' ');
      const raw = join(home, 'raw');
      terminal = await Terminal.open(['script', '--quiet', '--return', '--command', line, raw], {
        env: {...gpu, TERM: 'dumb', DOCKER_HOST: (await readLab()).host},
      });
      return terminal;
    };
    const say = async (screen: Terminal, text: string): Promise<void> => {
      await screen.until(/(?:Number|Answer) \(.*\):\s*$/);
      await screen.type(text);
      await screen.press('Enter');
    };

    test('questions are lines, written once, with numbers to answer by', async () => {
      const screen = await readOut();
      expect(await screen.until(/Number .*:$/m)).toMatch(/ {2}1 PyTorch: requirements\.txt/);
      await say(screen, '7');
      await screen.until(/a number from 1 to 4/);
      await say(screen, '');
      expect(await screen.until(/Which image\?/)).toMatch(/ {2}- pytorch\S+: not here, it needs driver/);
      await say(screen, '<');
      await screen.until(/Which framework\?[\s\S]*Which framework\?/);
      await say(screen, '4');
      await screen.until(/Which Python\?/);
      await say(screen, '');
      await screen.until(/More packages/);
      await say(screen, 'numpy>=');
      await screen.until(/not a requirement/);
      await say(screen, 'pandas');
      for (const question of [/Which GPUs\?/, /Folders with data/, /Which port/, /What is it for\?/]) {
        await screen.until(question);
        await say(screen, '');
      }
      await screen.until(/exit 0/);
      expect(await readFile(join(folder, 'gpudock.yaml'), 'utf8')).toMatch(/^packages: \[pandas\]/m);
      expect(await readFile(join(home, 'raw'), 'latin1')).not.toMatch(/\u001b/);
    });

    test.each(['C-c', 'C-d'])('%s leaves nothing', async key => {
      const screen = await readOut();
      await screen.until(/Number .*:$/m);
      await screen.press(key);
      await screen.until(/exit 130/);
      expect(await readdir(folder)).toEqual(['requirements.txt']);
    });
  });

  test.each([
    ['build', ['Down'], /built gpudock\/\S+ in /],
    ['launch', ['Down', 'Down'], /http:\/\/127\.0\.0\.1:\d+\/lab\?token=[0-9a-f]+/],
  ])(
    '%s is what follows, on a real engine',
    async (_, keys, end) => {
      const lab = await readLab();
      await writeFile(join(folder, 'requirements.txt'), 'packaging\n');
      const screen = await wizard({env: {DOCKER_HOST: lab.host}}, '--framework', 'none', '--port', 'auto');
      await answerAll(screen, [/Which Python\?/, /More packages/, /Folders with data/]);
      await screen.until(/What is it for\?/);
      for (const key of keys) await screen.press(key);
      await screen.press('Enter');
      await screen.until(/exit 0/, 240_000);
      expect((await screen.screen()).replaceAll('\n', '')).toMatch(end);
      await gpudock(lab, ['rm', '--force', folder]);
      await gpudock(lab, ['prune', folder, '--keep', '0', '--yes']);
    },
    300_000,
  );

  test('the first question shows while the machine is still looked at', async () => {
    const slow = await mkdtemp(join(tmpdir(), 'gpudock-slow-'));
    await writeFile(join(slow, 'nvidia-smi'), `#!/bin/sh\nuntil [ -e ${slow}/go ]; do sleep 0.1; done\nexit 9\n`);
    await chmod(join(slow, 'nvidia-smi'), 0o755);
    const screen = await wizard({env: {...NO_ENGINE, PATH: `${slow}:${process.env.PATH}`}});
    expect(await screen.until(/Which framework\?/)).not.toMatch(/System /);
    await writeFile(join(slow, 'go'), '');
    await screen.press('Enter');
    await screen.until(/Which image\?/);
    await rm(slow, {recursive: true, force: true});
  });
});

describe('without a terminal', () => {
  test('says that flags will do, and asks nothing', async () => {
    const run = await gpudock(await readLab(), ['init', folder], {env: NO_ENGINE});
    expect([run.exit, run.stderr]).toEqual([2, expect.stringMatching(/no terminal[\s\S]*--yes/)]);
  });

  test('a file that is there keeps its comments, order and unknown keys', async () => {
    const old = '# ours\nzeta: 1 # strange\nport: 9000 # the lab’s\npackages:\n  - pandas # needed\n';
    await writeFile(join(folder, 'gpudock.yaml'), old);
    const run = await gpudock(await readLab(), ['init', folder, '--yes', '--port', '9100', '--json'], {env: NO_ENGINE});
    expect(run.exit).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({schema: 'gpudock/init/1', written: true});
    const text = await readFile(join(folder, 'gpudock.yaml'), 'utf8');
    expect(text).toContain('# ours\nzeta: 1 # strange\n');
    expect(text).toContain('port: 9100');
    expect(text).toContain('  - pandas # needed\n');
  });

  test('--dry-run writes nothing; a wrong answer is wrong usage', async () => {
    const lab = await readLab();
    expect((await gpudock(lab, ['init', folder, '--yes', '--dry-run'], {env: NO_ENGINE})).stdout).toMatch(
      /framework: pytorch/,
    );
    expect((await gpudock(lab, ['init', folder, '--yes', '--python', 'two'], {env: NO_ENGINE})).exit).toBe(2);
    expect(await readdir(folder)).toEqual(['requirements.txt']);
  });
});
