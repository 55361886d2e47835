import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';

const CHECKS = 'src/diagnosis/checks';

test('docs/doctor.md has each finding that a check can give, and no other', () => {
  const sources = readdirSync(CHECKS).map(file => readFileSync(join(CHECKS, file), 'utf8'));
  const given = sources.flatMap(source =>
    Array.from(source.matchAll(/\bid: (?:\w+ \? )?'(\w+)'(?: : '(\w+)')?/g), ([, id, other]) => [id, other]),
  );
  const page = readFileSync('docs/doctor.md', 'utf8');
  const documented = Array.from(page.matchAll(/^\| `(\w+)` \|/gm), ([, id]) => id);
  expect([...documented].sort()).toEqual([...new Set(given.flat().filter(Boolean))].sort());
});
