import {elements, fields, textFields, texts} from '../world/document.js';
import type {EngineAnswer, World} from '../world/world.js';
import type {Engine} from './connect.js';

export interface Labelled {
  tag: string;
  labels: Readonly<Record<string, string>>;
}

/** Milliseconds. Who got no answer by then asks again, of an engine that is known to answer. */
const PATIENCE = 5_000;

/** Images that have a tag and carry a label, newest first; `label`: `key`, or `key=value`. */
export async function imagesWithLabel({docker}: Engine, label: string): Promise<Labelled[]> {
  return labelled(await docker.listImages({filters: {label: [label]}}));
}

/** The same question to whatever engine answers, before anybody has connected to one: for {@link imagesIn}. */
export const askForImages = (world: Pick<World, 'engine'>, label: string): Promise<EngineAnswer> =>
  world.engine(`/images/json?filters=${encodeURIComponent(JSON.stringify({label: [label]}))}`, PATIENCE);

/** Null where the engine did not say. */
export const imagesIn = (answer: EngineAnswer): Labelled[] | null =>
  answer.status === 'ok' && Array.isArray(answer.body) ? labelled(answer.body) : null;

function labelled(images: readonly unknown[]): Labelled[] {
  const all = elements(images).map(fields);
  return all
    .sort((a, b) => Number(b.Created) - Number(a.Created))
    .flatMap(({RepoTags, Labels}) => {
      const [tag] = texts(RepoTags) ?? [];
      return tag === undefined ? [] : [{tag, labels: textFields(Labels) ?? {}}];
    });
}
