import {readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {KNOWN_FAILURES} from '../../../src/diagnosis/known/index.js';
import {knownFailuresPage} from '../../../src/diagnosis/page.js';

test('docs/known-failures.md is what the data says (npx tsx scripts/docs/known-failures.ts)', () => {
  const page = readFileSync('docs/known-failures.md', 'utf8');
  expect(page).toBe(knownFailuresPage());
  for (const {id} of KNOWN_FAILURES) expect(page).toContain(`### \`${id}\``);
});
