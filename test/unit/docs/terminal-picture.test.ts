import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';

const NAMES: Readonly<Record<string, string>> = {'&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"'};
const lines = [...readFileSync('docs/terminal.svg', 'utf8').matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(
  ([, text = '']) => text.replace(/&\w+;/g, name => NAMES[name] ?? name),
);
const typed = lines.filter(line => line.startsWith('$ ')).map(line => line.slice('$ '.length));

test('the picture of a terminal shows commands that are there, and no whole token', () => {
  expect(typed.length).toBeGreaterThan(1);
  for (const line of typed) {
    const [program, command = ''] = line.split(' ');
    expect(program).toBe('gpudock');
    expect(spawnSync(process.execPath, ['bin/run.js', command, '--help']).status).toBe(0);
  }
  expect(lines.join('\n')).not.toMatch(/token=[0-9a-f]{9}/);
});

test('what the picture says of an image is what gpudock says today (npx tsx scripts/terminal-picture.ts)', () => {
  const [, image = '', driver = '', gpu = ''] =
    /^gpudock check (\S+) --for-driver (\S+) --for-gpu "([^"]+)"$/.exec(typed[0] ?? '') ?? [];
  const args = ['bin/run.js', 'check', '--offline', image, '--for-driver', driver, '--for-gpu', gpu];
  const verdict = spawnSync(process.execPath, args, {encoding: 'utf8'}).stdout.split('\n')[0] ?? '';
  expect(lines).toContain(verdict);
  expect(verdict).toMatch(/: does not run$/);
});
