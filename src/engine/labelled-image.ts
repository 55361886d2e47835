import type {Engine} from './connect.js';

/** Newest image that carries all of `labels`, else null. */
export async function imageWithLabels(
  {docker}: Engine,
  labels: Record<string, string>,
): Promise<{tag: string; labels: Record<string, string>} | null> {
  const filters = {label: Object.entries(labels).map(([key, value]) => `${key}=${value}`)};
  const images = await docker.listImages({filters});
  const [newest] = images.filter(image => image.RepoTags?.length).sort((a, b) => b.Created - a.Created);
  const tag = newest?.RepoTags?.[0];
  return newest === undefined || tag === undefined ? null : {tag, labels: newest.Labels ?? {}};
}
