import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import type {Step} from '../../../src/diagnosis/diagnosis.js';
import {carryOut, type GroupOutcome} from '../../../src/setup/carry-out.js';
import {journalPath, readJournal} from '../../../src/setup/journal.js';
import {type Group, type GroupId, group, proof, run, type SetupStep} from '../../../src/setup/step.js';
import {planUndo, undo} from '../../../src/setup/undo.js';
import {liveWorld} from '../../../src/world/live.js';
import type {World} from '../../../src/world/world.js';
import {host} from '../diagnosis/machines.js';

// Nothing here lies outside a folder of its own, so that the steps need no root: the host's user is root to spare sudo.
const HOST = host({user: {uid: 0, name: 'root'}});

let folder: string;
let world: World;
let server: Server;
let site: string;
const said: string[] = [];
const heard: string[] = [];

beforeAll(async () => {
  server = createServer(({url}, response) => {
    if (url === '/key') response.end('-----BEGIN PGP PUBLIC KEY BLOCK-----\n');
    else if (url === '/portal') response.end('<html>please log in</html>');
    else response.writeHead(404).end();
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => void server.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gpudock-setup-'));
  const live = liveWorld(() => async () => ({status: 'not-found', detail: ''}));
  world = {...live, env: {...live.env, XDG_STATE_HOME: join(folder, 'state')}};
  said.length = 0;
  heard.length = 0;
});

afterEach(() => rm(folder, {recursive: true, force: true}));

const at = (name: string): string => join(folder, name);
const text = (name: string): Promise<string> => readFile(at(name), 'utf8');
const entries = (): ReturnType<typeof readJournal> => readJournal(world, journalPath(world.env));

const needed = (id: GroupId, steps: SetupStep[], more: Partial<Group> = {}): Group => ({
  ...group(id, id, 'done', ''),
  state: 'needed',
  steps,
  ...more,
});

const write = (name: string, content: string): SetupStep => ({
  does: `writes ${name}`,
  action: {kind: 'write', path: at(name), text: content},
  proof: null,
});

const fetchKey = (path: string): SetupStep => ({
  does: 'fetches a key',
  action: {kind: 'fetch', path: at('key.asc'), url: `${site}${path}`, begins: '-----BEGIN PGP PUBLIC KEY BLOCK-----'},
  proof: null,
});

const FAIL: Step = ['false'];

function carry(groups: Group[], declined: GroupId[] = [], signal = new AbortController().signal) {
  const talk = {
    agrees: async ({id}: Group) => !declined.includes(id),
    say: (line: string) => void said.push(line),
    hear: (line: string) => void heard.push(line),
    during: <T>(_: string, work: Promise<T>) => work,
  };
  return carryOut(world, HOST, {release: null, groups, notes: []}, talk, signal);
}

async function takeBack(): Promise<readonly {path: string}[]> {
  const plan = await planUndo(world, HOST);
  await undo(world, HOST, plan, line => void said.push(line), new AbortController().signal);
  return plan.left;
}

describe('carrying out', () => {
  test('hands on what the commands say while they work', async () => {
    await carry([needed('engine', [run('', ['printf', '1 of 2\\r2 of 2\\nunpacks\\ncut off'])])]);
    expect(heard).toEqual(['1 of 2', '2 of 2', 'unpacks']);
  });

  test('writes, fetches, changes settings and runs; what was there before can be had back', async () => {
    await writeFile(at('daemon.json'), '{"debug": true}', {mode: 0o600});
    const settings = {'data-root': '/data/docker'};
    const steps: SetupStep[] = [
      write('sources/new.list', 'deb\n'),
      fetchKey('/key'),
      {does: '', action: {kind: 'settings', path: at('daemon.json'), settings, text: ''}, proof: null},
      run('', ['cp', at('key.asc'), at('made')], {changes: [at('made')], undo: ['touch', at('undone')]}),
    ];
    expect([...(await carry([needed('engine', steps)]))]).toEqual([['engine', 'carried-out']]);
    expect(await text('sources/new.list')).toBe('deb\n');
    expect(await text('made')).toContain('PGP');
    expect(JSON.parse(await text('daemon.json'))).toEqual({debug: true, ...settings});
    expect((await stat(at('daemon.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(journalPath(world.env))).mode & 0o777).toBe(0o600);
    expect(await takeBack()).toEqual([]);
    for (const name of ['sources/new.list', 'key.asc', 'made']) expect(existsSync(at(name))).toBe(false);
    expect(await text('daemon.json')).toBe('{"debug": true}');
    expect(existsSync(at('undone'))).toBe(true);
    expect(await entries()).toEqual([]);
  });

  test('settings are laid over what the file holds at that moment, not when it was planned', async () => {
    const settings = {'data-root': '/data/docker'};
    const step: SetupStep = {
      does: '',
      action: {kind: 'settings', path: at('daemon.json'), settings, text: ''},
      proof: null,
    };
    await carry([needed('engine', [write('daemon.json', '{"a": 1}')]), needed('data-root', [step])]);
    expect(JSON.parse(await text('daemon.json'))).toEqual({a: 1, ...settings});
    expect(await takeBack()).toEqual([]);
    expect(existsSync(at('daemon.json'))).toBe(false);
  });

  test('what is declined, and what rests on it, is left out', async () => {
    const outcomes = await carry(
      [
        needed('engine', [write('a', '')]),
        needed('gpu', [write('b', '')], {after: ['engine']}),
        group('access', '', 'done', ''),
      ],
      ['engine'],
    );
    expect(Object.fromEntries(outcomes)).toEqual({engine: 'declined', gpu: 'declined'} satisfies Record<
      string,
      GroupOutcome
    >);
    expect(existsSync(at('a')) || existsSync(at('b'))).toBe(false);
  });
});

describe('a failure', () => {
  const after = {restart: [['touch', '/tmp']], cleanup: []} as const;

  test.each<[string, () => SetupStep, string]>([
    ['of a command', () => run('', FAIL), 'setup_step_failed'],
    ['of a proof', () => run('', ['true'], {proof: proof(['echo', 'no'], 'yes')}), 'setup_not_verified'],
    ['of a fetch: another page', () => fetchKey('/portal'), 'repository_unreachable'],
    ['of a fetch: 404', () => fetchKey('/none'), 'repository_unreachable'],
  ])('%s puts the files of its group back, and leaves those of the groups before', async (_, step, code) => {
    await writeFile(at('old'), 'before');
    const groups = [
      needed('engine', [write('kept', '1')]),
      needed('gpu', [write('old', 'after'), write('new', ''), step()], after),
    ];
    await expect(carry(groups)).rejects.toMatchObject({code});
    expect(await text('old')).toBe('before');
    expect(existsSync(at('new')) || existsSync(at('key.asc'))).toBe(false);
    expect(await text('kept')).toBe('1');
    expect(await entries()).toHaveLength(1);
  });

  test('restarts, then throws half a copy away', async () => {
    const mark = (word: string): Step => ['sh', '-c', `echo ${word} >> ${at('order')}`];
    const group = needed('data-root', [run('', FAIL)], {
      restart: [mark('restart')],
      cleanup: [mark('cleanup')],
      restarted: proof(mark('asked')),
    });
    await expect(carry([group])).rejects.toMatchObject({code: 'setup_step_failed'});
    expect(await text('order')).toBe('restart\ncleanup\nasked\n');
  });

  test('names the last words of the command', async () => {
    const step = run('', ['sh', '-c', 'echo said; echo why >&2; exit 7']);
    await expect(carry([needed('engine', [step])])).rejects.toMatchObject({
      reason: 'exit code 7: why',
      details: ['said', 'why'],
    });
  });

  test('a copy that differs is found', async () => {
    for (const name of ['from', 'to']) await mkdir(at(name));
    await writeFile(at('from/file'), 'four');
    await writeFile(at('to/file'), 'for');
    const compare: SetupStep = {...run('', ['true']), proof: {kind: 'same-tree', from: at('from'), to: at('to')}};
    await expect(carry([needed('data-root', [compare])])).rejects.toMatchObject({code: 'setup_not_verified'});
    await writeFile(at('to/file'), 'four');
    await carry([needed('data-root', [compare])]);
  });

  test('after an interrupt it is one, and nothing more is begun', async () => {
    const controller = new AbortController();
    const stop: SetupStep = {...run('', ['sleep', '30'], {mayStop: true}), does: 'stop here'};
    const work = carry([needed('engine', [write('a', ''), stop, write('b', '')])], [], controller.signal);
    setTimeout(() => controller.abort(), 300);
    await expect(work).rejects.toMatchObject({code: 'interrupted', exit: 130});
    expect(existsSync(at('a')) || existsSync(at('b'))).toBe(false);
  });
});

describe('taking back', () => {
  test('leaves a file alone that was changed since', async () => {
    await carry([needed('engine', [write('a', 'ours'), write('b', 'ours')])]);
    await writeFile(at('a'), 'theirs');
    expect(await takeBack()).toEqual([{path: at('a'), why: 'it was changed after setup'}]);
    expect(await text('a')).toBe('theirs');
    expect(existsSync(at('b'))).toBe(false);
    expect(await entries()).toHaveLength(1);
  });

  test('stops at an interrupt; what is left can be taken back later', async () => {
    const controller = new AbortController();
    await carry([needed('gpu', [write('a', ''), write('b', '')])]);
    const plan = await planUndo(world, HOST);
    const stopped = undo(world, HOST, plan, () => controller.abort(), controller.signal);
    await expect(stopped).rejects.toMatchObject({code: 'interrupted'});
    expect([existsSync(at('a')), existsSync(at('b'))]).toEqual([true, false]);
    expect(await takeBack()).toEqual([]);
    expect(existsSync(at('a'))).toBe(false);
  });

  test('restarts once, however many files were put back', async () => {
    const restart: Step[] = [['sh', '-c', `echo x >> ${at('restarts')}`]];
    const step = (name: string): Group => needed('gpu', [write(name, '')], {restart});
    await carry([step('a'), step('b')]);
    await takeBack();
    expect(await text('restarts')).toBe('x\n');
  });

  test('of a journal that is none is refused', async () => {
    await mkdir(at('state/gpudock'), {recursive: true});
    await writeFile(journalPath(world.env), '{"schema": 1}');
    await expect(planUndo(world, HOST)).rejects.toMatchObject({code: 'journal_invalid'});
  });
});
