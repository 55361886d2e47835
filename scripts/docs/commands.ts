// Writes docs/commands.md from the manifest of the built commands and the failures in src/. A test holds it current.
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {commandsPage} from './commands-page.js';

/** The page as manifest and sources have it now. */
export function currentCommandsPage(): string {
  const sources = readdirSync('src', {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.ts'))
    .map(file => readFileSync(join('src', file), 'utf8'));
  return commandsPage(JSON.parse(readFileSync('oclif.manifest.json', 'utf8')), sources);
}

export const writeCommandsPage = (): void => writeFileSync('docs/commands.md', currentCommandsPage());
