import {readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {currentCommandsPage} from '../../../scripts/docs/commands.js';
import {failureRows} from '../../../scripts/docs/failure-codes.js';

test('docs/commands.md is what the built commands say (npm run build && npx tsx scripts/docs.ts)', () => {
  expect(readFileSync('docs/commands.md', 'utf8')).toBe(currentCommandsPage());
});

test('failures are read from the sources: code, message, exit code', () => {
  const source = `
    throw new Failure({
      code: 'b_taken',
      message: \`port is taken (by \${program})\`,
      exit: EXIT.noEngine,
    });
    const missing = new Failure({code: 'a_missing',
      message: 'no such thing',
    });
    const other = {exit: EXIT.usage};`;
  expect(failureRows([source])).toEqual([
    {code: 'a_missing', message: 'no such thing', exit: 'failed'},
    {code: 'b_taken', message: 'port is taken (by …)', exit: 'noEngine'},
  ]);
});

/** oclif writes help itself, past what turns signs into plain letters where a locale has no Unicode. */
test('help needs no Unicode', () => {
  expect(readFileSync('oclif.manifest.json', 'utf8').match(/.*[^\x00-\x7f].*/g)).toBeNull();
});

/** `gpudock --help` puts a command's name before its summary, padded to the longest. */
test('a summary takes one line of a terminal of 80 columns', () => {
  const {commands} = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as {
    commands: Record<string, {summary: string}>;
  };
  const [own, ofTopics] = [
    Object.entries(commands).filter(([id]) => !id.includes(':')),
    Object.entries(commands).filter(([id]) => id.includes(':')),
  ];
  const tooLong = [own, ofTopics].flatMap(list => {
    const names = Math.max(...list.map(([id]) => id.length));
    return list.filter(([, {summary}]) => 2 + names + 2 + summary.length > 80).map(([id]) => id);
  });
  expect(tooLong).toEqual([]);
});

test('each argument and flag says what it means', () => {
  const silent = readFileSync('docs/commands.md', 'utf8').match(/^\| `[^`]*` \|\s*(?:\||;).*$/gm);
  expect(silent).toBeNull();
});
