// Writes docs/known-failures.md from the rows that `explain` uses. A test holds it current.
import {mkdirSync, writeFileSync} from 'node:fs';
import {knownFailuresPage} from '../../src/diagnosis/page.js';

mkdirSync('docs', {recursive: true});
writeFileSync('docs/known-failures.md', knownFailuresPage());
