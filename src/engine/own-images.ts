import * as z from 'zod';
import {LABEL} from '../labels.js';
import type {Engine} from './connect.js';
import {reasonOf, statusOf} from './errors.js';

/** An image that gpudock built. */
export interface OwnImage {
  id: string;
  tags: string[];
  /** The project folder it was built for; null: a base that belongs to no project. */
  project: string | null;
  base: string | null;
  /** MiB, all layers. */
  sizeMiB: number;
  /** MiB in layers that other images use too; null: the engine did not say. */
  sharedMiB: number | null;
  /** When it was last built; a build from the cache counts, although the engine calls its image as old as the cache. */
  built: Date;
  /** Names of the containers made from it. */
  containers: string[];
}

const MIB = 1024 * 1024;

/** `GET /system/df` alone counts shared layers (Docker Engine API, ImageSummary: -1 means not counted). */
const Usage = z.object({
  Images: z.array(z.object({Id: z.string(), SharedSize: z.number().nullish()})).nullish(),
});

/** Podman leaves the kind of digest out of some answers. */
const plainId = (id: string): string => id.replace(/^sha256:/, '');

/** The images that carry gpudock's label, the last built first. One that a person made of a container has it emptied. */
export async function ownImages(engine: Engine): Promise<OwnImage[]> {
  const [listed, usage, containers] = await Promise.all([
    engine.docker.listImages({filters: {label: [LABEL.project]}}),
    engine.docker.df(),
    engine.docker.listContainers({all: true}),
  ]);
  const shared = new Map((Usage.parse(usage).Images ?? []).map(({Id, SharedSize}) => [plainId(Id), SharedSize ?? -1]));
  // Its own answer has the labels; in Podman's count of sizes they are empty.
  const own = listed.filter(({Labels}) => Boolean(Labels?.[LABEL.project]));
  const images = await Promise.all(
    own.map(async image => ({
      id: image.Id,
      tags: image.RepoTags ?? [],
      project: image.Labels?.[LABEL.project] ?? null,
      base: image.Labels?.[LABEL.base] ?? null,
      sizeMiB: image.Size / MIB,
      sharedMiB: counted(shared.get(plainId(image.Id))),
      built: (await lastTagged(engine, image.Id)) ?? new Date(image.Created * 1000),
      containers: containers
        .filter(({ImageID}) => plainId(ImageID) === plainId(image.Id))
        .map(({Names, Id}) => Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12)),
    })),
  );
  return images.sort((a, b) => b.built.getTime() - a.built.getTime());
}

const counted = (bytes = -1): number | null => (bytes < 0 ? null : bytes / MIB);

const Tagged = z.object({Metadata: z.object({LastTagTime: z.iso.datetime({offset: true})})});

/** Null for an image that never had a tag, or is gone by now. */
async function lastTagged({docker}: Engine, id: string): Promise<Date | null> {
  try {
    const {data} = Tagged.safeParse(await docker.getImage(id).inspect());
    // Go's zero time stands for "never".
    return data === undefined || data.Metadata.LastTagTime.startsWith('0001')
      ? null
      : new Date(data.Metadata.LastTagTime);
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** Removes an image by each of its names, or by its id when it has none. False, with the engine's words, when it is in use. */
export async function removeImage(
  {docker}: Engine,
  {id, tags}: Pick<OwnImage, 'id' | 'tags'>,
): Promise<{removed: true} | {removed: false; why: string}> {
  try {
    for (const name of tags.length === 0 ? [id] : tags) await docker.getImage(name).remove();
    return {removed: true};
  } catch (error) {
    if (statusOf(error) === 404) return {removed: true};
    if (statusOf(error) === 409) return {removed: false, why: reasonOf(error)};
    throw error;
  }
}
