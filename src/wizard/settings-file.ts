import {type Document, isCollection, isMap, isNode, parseDocument} from 'yaml';
import {contentOf, isOwnKey, parseSettings, Settings} from '../environment/settings.js';
import type {Answers, Key} from './question.js';
import {wordList} from './questions.js';

/** Keys with what a person should know who reads the file. */
const COMMENTS: Readonly<Record<Exclude<Key, 'next'>, string>> = {
  framework: ' pytorch, tensorflow, jax or none',
  base: ' auto, bootstrap (from Debian packages) or an image',
  python: ' for example "3.12"',
  packages: " more than the project's files name",
  gpus: ' all, auto, none, a count, indexes or UUIDs',
  data: ' mounted at /data/NAME; PATH:ro for reading only',
  port: ' of the notebook on this machine',
};

type Value = string | number | string[] | null;

/** null: the key is left out, so that the project's files and the machine decide. */
function settingOf(key: Key, text: string): Value {
  if (key === 'packages' || key === 'data') return wordList(text).length === 0 ? null : wordList(text);
  if (text === 'auto' && key !== 'gpus' && key !== 'base') return null;
  return key === 'port' || (key === 'gpus' && /^\d+$/.test(text)) ? Number(text) : text;
}

/**
 * The text of gpudock.yaml with the answers in it. What is there already keeps its comments, order and unknown keys; a
 * key is touched only where its answer differs. `schema` is where an editor finds the JSON Schema.
 */
export function withAnswers(old: string | null, answers: Answers, schema: string): string {
  const document = parseDocument(old ?? '');
  if (old === null)
    document.commentBefore = ` yaml-language-server: $schema=${schema}\n What this project needs, where it differs from what its files say. What counts: gpudock config`;
  for (const key of Object.keys(COMMENTS) as (keyof typeof COMMENTS)[]) {
    const answer = answers[key];
    if (answer === undefined) continue;
    const value = settingOf(key, answer);
    const known = document.toJS()?.[key];
    if (value === null) document.delete(key);
    else if (JSON.stringify(known) !== JSON.stringify(value)) {
      document.set(key, document.createNode(value));
      if (known === undefined) noteOn(document, key);
    }
  }
  return document.toString({lineWidth: 0, flowCollectionPadding: false});
}

function noteOn(document: Document, key: keyof typeof COMMENTS): void {
  const node = document.get(key, true);
  if (!isNode(node)) return;
  if (isCollection(node)) node.flow = true;
  node.comment = COMMENTS[key];
}

/** The text without the keys that gpudock does not know, and their names. Throws where a known key is wrong. */
export function knownPart(text: string): {text: string; unknown: string[]} {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    parseSettings(text, 'gpudock.yaml');
    return {text, unknown: []};
  }
  const unknown = Object.keys(contentOf(document, 'gpudock.yaml') ?? {}).filter(
    key => !(key in Settings.shape) && !isOwnKey(key),
  );
  for (const key of unknown) document.delete(key);
  // Emptied, it would print as `{}` with its comments gone; it means the same.
  const rest = unknown.length === 0 ? text : document.toString();
  parseSettings(rest, 'gpudock.yaml');
  return {text: rest, unknown};
}
