import * as z from 'zod';

const Mode = z.enum(['same-bits', 'as-shipped']);

/** `gpudock bench --dry-run --json`. */
export const BenchPlan = z.object({
  schema: z.literal('gpudock/bench-plan/1'),
  image: z.string(),
  against: z.discriminatedUnion('kind', [
    z.object({kind: z.literal('host'), modes: z.array(Mode).readonly(), venv: z.string().nullable()}),
    z.object({kind: z.literal('image'), image: z.string()}),
    z.object({kind: z.literal('plain')}),
  ]),
  /** seconds, at most */
  time: z.number(),
  seed: z.number(),
  workloads: z.array(z.object({name: z.string(), mode: Mode, margin: z.string(), summary: z.string()})),
});
export type BenchPlan = z.infer<typeof BenchPlan>;

const Estimated = z.object({ratio: z.number(), interval: z.tuple([z.number(), z.number()])});

/** `gpudock bench compare BEFORE AFTER --json`. */
export const BenchCompare = z.object({
  schema: z.literal('gpudock/bench-compare/1'),
  /** What the container stood against in the later session. */
  against: z.enum(['host', 'image', 'plain']),
  /** What is not the same in both, besides the figures. */
  changed: z.array(z.object({fact: z.string(), before: z.string(), after: z.string()})),
  usable: z.boolean(),
  workloads: z.array(
    z.object({
      name: z.string(),
      mode: Mode,
      unit: z.string(),
      /** The later session's figure to the earlier one's; null: too few figures. */
      host: Estimated.nullable(),
      container: Estimated.nullable(),
      /** The container to the host, in each session. */
      overhead: z.object({before: z.number().nullable(), after: z.number().nullable()}),
    }),
  ),
  /** In one session alone. */
  missing: z.array(z.string()),
});
export type BenchCompare = z.infer<typeof BenchCompare>;

/** `gpudock bench --list --json`. */
export const BenchList = z.object({
  schema: z.literal('gpudock/bench-list/1'),
  workloads: z.array(
    z.object({name: z.string(), unit: z.string(), summary: z.string(), needs: z.array(z.string()).readonly()}),
  ),
});
export type BenchList = z.infer<typeof BenchList>;
