import type {Engine} from './connect.js';

export interface Labelled {
  tag: string;
  labels: Readonly<Record<string, string>>;
}

/** Images that have a tag and carry a label, newest first; `label`: `key`, or `key=value`. */
export async function imagesWithLabel({docker}: Engine, label: string): Promise<Labelled[]> {
  const images = await docker.listImages({filters: {label: [label]}});
  return images
    .sort((a, b) => b.Created - a.Created)
    .flatMap(({RepoTags, Labels}) => (RepoTags?.[0] === undefined ? [] : [{tag: RepoTags[0], labels: Labels ?? {}}]));
}
