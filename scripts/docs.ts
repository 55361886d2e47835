// Writes what is made from the matrix: compat-matrix/schemas/*.json and docs/compatibility.md. A test holds them current.
import {mkdirSync, writeFileSync} from 'node:fs';
import {compatibilityPage} from '../src/matrix/page.js';
import {jsonSchemas} from '../src/matrix/schemas.js';

mkdirSync('compat-matrix/schemas', {recursive: true});
mkdirSync('docs', {recursive: true});
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(`compat-matrix/schemas/${name}.json`, `${JSON.stringify(schema, null, 1)}\n`);
}
writeFileSync('docs/compatibility.md', compatibilityPage());
