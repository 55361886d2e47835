import * as z from 'zod';
import {Decision} from './launch.js';

/** `gpudock dockerfile --json`. */
export const Dockerfile = z.object({
  schema: z.literal('gpudock/dockerfile/1'),
  /** The tag that it would be built as. */
  image: z.string(),
  base: z.string(),
  dockerfile: z.string(),
  decisions: z.array(Decision),
});
export type Dockerfile = z.infer<typeof Dockerfile>;

/** `gpudock build --json`. `built`: just now; with `--dry-run`, or where nothing changed, it was not. */
export const Build = z.object({
  schema: z.literal('gpudock/build/1'),
  image: z.string(),
  built: z.boolean(),
  decisions: z.array(Decision),
});
export type Build = z.infer<typeof Build>;

/** `gpudock images --json`. */
export const Images = z.object({
  schema: z.literal('gpudock/images/1'),
  images: z.array(
    z.object({
      id: z.string(),
      tags: z.array(z.string()),
      /** null: a base that belongs to no project */
      project: z.string().nullable(),
      base: z.string().nullable(),
      sizeMiB: z.number(),
      /** In layers that other images use too; null: the engine did not say. */
      sharedMiB: z.number().nullable(),
      built: z.iso.datetime(),
      containers: z.array(z.string()),
    }),
  ),
});
export type Images = z.infer<typeof Images>;

/** `gpudock prune --json`. */
export const Prune = z.object({
  schema: z.literal('gpudock/prune/1'),
  /** false: they would be removed with `--yes` */
  removed: z.boolean(),
  images: z.array(z.string()),
  freedMiB: z.number(),
  kept: z.array(z.object({image: z.string(), why: z.string()})),
});
export type Prune = z.infer<typeof Prune>;
