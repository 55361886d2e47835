import * as z from 'zod';

const Unasked = z.object({repository: z.string(), reason: z.string()});

/** `gpudock matrix show --json`. */
export const MatrixShow = z.object({
  schema: z.literal('gpudock/matrix/1'),
  matrix: z.object({date: z.string()}),
  sections: z
    .array(
      z.object({
        title: z.string(),
        intro: z.string(),
        heading: z.array(z.string()).readonly(),
        rows: z.array(z.array(z.string()).readonly()).readonly(),
      }),
    )
    .readonly(),
});
export type MatrixShow = z.infer<typeof MatrixShow>;

/** `gpudock matrix update --json`. */
export const MatrixUpdate = z.object({
  schema: z.literal('gpudock/matrix-update/1'),
  file: z.string(),
  written: z.boolean(),
  /** Rows as compat-matrix/schemas/images.json has them. */
  added: z.array(z.looseObject({repo: z.string(), tag: z.string(), cuda: z.string().optional()})).readonly(),
  /** What contradicts itself, or says what cannot be. */
  held: z.array(z.object({image: z.string(), reason: z.string()})).readonly(),
  unasked: z.array(Unasked).readonly(),
  /** New tags that were not looked at. */
  left: z.number(),
});
export type MatrixUpdate = z.infer<typeof MatrixUpdate>;

/** `gpudock matrix verify --json`. */
export const MatrixVerify = z.object({
  schema: z.literal('gpudock/matrix-verify/1'),
  files: z.number(),
  rows: z.number(),
  /** `row` null: the file as a whole. */
  problems: z.array(z.object({file: z.string(), row: z.string().nullable(), problem: z.string()})).readonly(),
  /** Registries that gave no answer. */
  unasked: z.array(Unasked).readonly(),
});
export type MatrixVerify = z.infer<typeof MatrixVerify>;
