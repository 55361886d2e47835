import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {type Browser, chromium} from 'playwright-core';
import {benchHtml} from '../../src/bench/report/html.js';
import {benchDocument} from '../../src/bench/result.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ensureChromium} from '../lab/browser.js';
import {FACTS, race, trials} from '../unit/bench/sessions.js';

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gpudock-report-'));
  const bench = benchDocument([race('interpreter', trials(20, 1)), race('small-layer', trials(20, 1.4))], FACTS);
  await writeFile(join(folder, 'report.html'), benchHtml(bench));
  const progress = {say: () => {}, signal: new AbortController().signal};
  const {program, env} = await ensureChromium(liveWorld(engineGetter), progress);
  browser = await chromium.launch({
    executablePath: program,
    env: {...process.env, ...env} as Record<string, string>,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
}, 600_000);

afterAll(async () => {
  await browser.close();
  await rm(folder, {recursive: true, force: true});
});

/** Luminance contrast as WCAG 2 defines it, of two CSS colours as the browser resolves them. */
function contrast(first: string, second: string): number {
  const [light = 0, dark = 0] = [first, second].map(luminance).sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(part => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.each(['light', 'dark'] as const)(
  'the page can be read when %s, fetches nothing, and fits a narrow window',
  async colorScheme => {
    const page = await browser.newPage({colorScheme, viewport: {width: 600, height: 900}});
    const requests: string[] = [];
    const errors: string[] = [];
    page.on('request', request => requests.push(request.url()));
    page.on('pageerror', error => errors.push(error.message));
    const url = pathToFileURL(join(folder, 'report.html')).href;
    await page.goto(url);
    const style = (selector: string, property: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).${property}`);
    const paper = await style('body', 'backgroundColor');
    const texts = [await style('td', 'color'), await style('svg text', 'fill'), await style('pre', 'color')];
    for (const text of texts) expect(contrast(text, paper)).toBeGreaterThan(4.5);
    expect(luminance(paper) > 0.5).toBe(colorScheme === 'light');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.locator('svg').count()).toBe(4);
    expect(requests).toEqual([url]);
    expect(errors).toEqual([]);
    await page.close();
  },
  60_000,
);
