import * as z from 'zod';

export const Decision = z.object({setting: z.string(), value: z.string(), why: z.string()});
export type Decision = z.infer<typeof Decision>;

/** `gpudock notebook | serve | run … --dry-run --json`. */
export const Launch = z.object({
  schema: z.literal('gpudock/launch/1'),
  image: z.string(),
  /** The body of the Engine API's POST /containers/create. */
  container: z.record(z.string(), z.unknown()),
  /** The same as a docker command line, safe to paste. */
  command: z.string(),
  decisions: z.array(Decision),
  url: z.string().nullable(),
  /** What would be built first; null when the image is used as it is. */
  dockerfile: z.string().nullable(),
});
export type Launch = z.infer<typeof Launch>;
