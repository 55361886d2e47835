import * as z from 'zod';

/** Every failure under `--json`. */
export const FailureDocument = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    cause: z.string().nullable(),
    fix: z.string().nullable(),
  }),
});
export type FailureDocument = z.infer<typeof FailureDocument>;
