import {readFile, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {type Browser, chromium, type Page} from 'playwright-core';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ensureChromium} from '../lab/browser.js';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

const USER = 1234;

let lab: Lab;
let browser: Browser;
let page: Page;
let folder: string;

beforeAll(async () => {
  lab = await readLab();
  folder = await makeProject(
    {'requirements.txt': 'packaging\n', 'first.ipynb': notebook("open('made-by-a-cell.txt', 'w').write('42')")},
    USER,
  );
  const progress = {say: () => {}, signal: new AbortController().signal};
  const {program, env} = await ensureChromium(liveWorld(engineGetter), progress);
  browser = await chromium.launch({
    executablePath: program,
    env: {...process.env, ...env} as Record<string, string>,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  page = await browser.newPage();
}, 600_000);

afterAll(async () => {
  await browser.close();
  await gpudock(lab, ['rm', '--force', folder]);
  await rm(folder, {recursive: true, force: true});
  await tidyUp();
});

test('the printed link opens JupyterLab; a cell that is run there writes a file that belongs to the user', async () => {
  const run = await gpudock(lab, ['notebook', folder, '--no-open'], {uid: USER});
  ended(run);
  const link = new URL(run.stdout.trim());
  await page.goto(link.href);
  await page.waitForSelector('.jp-Launcher, .jp-NotebookPanel', {timeout: 60_000});
  link.pathname = '/lab/tree/first.ipynb';
  await page.goto(link.href);
  await page.waitForSelector('.jp-Notebook .jp-CodeCell', {timeout: 60_000});
  // A cell that is run before the kernel is there is forgotten.
  await page.getByText('Python 3 (ipykernel) | Idle').waitFor({timeout: 60_000});
  await page.click('.jp-Notebook .jp-CodeCell .cm-content');
  await page.keyboard.press('Shift+Enter');
  const file = join(folder, 'made-by-a-cell.txt');
  await expect(contentWithin(file, 60_000)).resolves.toBe('42');
  expect(await stat(file)).toMatchObject({uid: USER, gid: USER});
  await page.screenshot({path: join(process.env.GPUDOCK_SCREENSHOTS ?? folder, 'notebook.png')});
}, 600_000);

async function contentWithin(path: string, limit: number): Promise<string> {
  for (const end = Date.now() + limit; Date.now() < end; await page.waitForTimeout(200)) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text !== '') return text;
  }
  return 'not written';
}

const notebook = (source: string): string =>
  JSON.stringify({
    cells: [{cell_type: 'code', id: 'a', metadata: {}, execution_count: null, outputs: [], source}],
    metadata: {kernelspec: {name: 'python3', display_name: 'Python 3', language: 'python'}},
    nbformat: 4,
    nbformat_minor: 5,
  });
