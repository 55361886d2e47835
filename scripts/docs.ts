// Writes what is made from data and types: compat-matrix/schemas/*.json, schemas/*.json, docs/compatibility.md, and, from the built commands,
// docs/commands.md. Tests hold them current.
import {mkdirSync, writeFileSync} from 'node:fs';
import {settingsSchema} from '../src/environment/settings-schema.js';
import {compatibilityPage} from '../src/matrix/page.js';
import {jsonSchemas} from '../src/matrix/schemas.js';
import {writeCommandsPage} from './docs/commands.js';
import {contractSchemas} from './docs/contract-schemas.js';

mkdirSync('compat-matrix/schemas', {recursive: true});
mkdirSync('docs', {recursive: true});
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(`compat-matrix/schemas/${name}.json`, `${JSON.stringify(schema, null, 1)}\n`);
}
mkdirSync('schemas', {recursive: true});
for (const [name, schema] of Object.entries(contractSchemas())) {
  writeFileSync(`schemas/${name}.json`, `${JSON.stringify(schema, null, 1)}\n`);
}
writeFileSync('schemas/gpudock.yaml.json', `${JSON.stringify(settingsSchema(), null, 1)}\n`);
writeFileSync('docs/compatibility.md', compatibilityPage());
writeCommandsPage();
