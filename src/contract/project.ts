import * as z from 'zod';

/** `gpudock init --json`. */
export const Init = z.object({
  schema: z.literal('gpudock/init/1'),
  file: z.string(),
  /** What stands in gpudock.yaml, or would. */
  text: z.string(),
  written: z.boolean(),
  /** The image that was built; null: none was. */
  image: z.string().nullable(),
  /** The link of the notebook; null: none was started. */
  url: z.string().nullable(),
});
export type Init = z.infer<typeof Init>;

/** `gpudock config --json`: what counts for a project, and who says so. */
export const Config = z.object({
  schema: z.literal('gpudock/config/1'),
  dir: z.string(),
  /** Later ones win. `present`: whether it states anything. */
  places: z.array(z.object({origin: z.string(), present: z.boolean()})),
  /** `value` null: nobody states it, so the project's files and the machine decide. */
  settings: z.array(z.object({key: z.string(), value: z.unknown(), origin: z.string().nullable()})),
  /** Variables GPUDOCK_… that nothing reads. `meant`: the nearest one that counts. */
  unknownVariables: z.array(z.object({name: z.string(), meant: z.string().nullable()})),
});
export type Config = z.infer<typeof Config>;

/** `gpudock completion SHELL --json`. */
export const Completion = z.object({
  schema: z.literal('gpudock/completion/1'),
  shell: z.enum(['bash', 'zsh', 'fish']),
  script: z.string(),
});
export type Completion = z.infer<typeof Completion>;
