import * as z from 'zod';

/** `gpudock explain [FILE] --json`. `line` is 1-based, `text` that line without colours. No match: an empty list. */
export const Explain = z.object({
  schema: z.literal('gpudock/explain/1'),
  matches: z.array(
    z.object({
      id: z.string(),
      line: z.number(),
      text: z.string(),
      cause: z.string(),
      fix: z.string(),
      source: z.string(),
    }),
  ),
});
export type Explain = z.infer<typeof Explain>;
