import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Catalogue, offerFor} from './completion/question.js';
import {engineGetter} from './engine/get.js';
import {packageRoot} from './package-root.js';
import {liveWorld} from './world/live.js';

/** What the completion of a shell asks for: the words that may stand at the cursor, `VALUE<Tab>ABOUT` a line. */
export async function complete(words: readonly string[]): Promise<void> {
  const catalogue = JSON.parse(readFileSync(join(packageRoot(), 'oclif.manifest.json'), 'utf8')) as Catalogue;
  const {candidates, source, prefix} = offerFor(words, catalogue);
  const typed = words.at(-1) ?? '';
  const lines = candidates.map(({value, about}) => `${value}\t${oneLine(about)}`);
  if (source === 'files' || source === 'folders') lines.push(`:${source}`);
  else if (source !== null) {
    if (source === 'places') lines.push(':files');
    const {valuesFrom} = await import('./completion/values.js');
    const found = await valuesFrom(liveWorld(engineGetter), source, typed.slice(prefix.length));
    const values = found.map(({value, about}) => ({value: prefix + value, about}));
    lines.push(
      ...values.filter(({value}) => value.startsWith(typed)).map(({value, about}) => `${value}\t${oneLine(about)}`),
    );
  }
  process.stdout.write(lines.map(line => `${line}\n`).join(''));
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
