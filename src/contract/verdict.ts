import * as z from 'zod';

export const RuleId = z.enum([
  'engine-gpu-access',
  'platform',
  'driver-floor',
  'require-cuda',
  'gpu-architecture',
  'driver-gpu',
  'image-content',
  'cpu',
  'engine-version',
  'space',
  'available',
]);
export type RuleId = z.infer<typeof RuleId>;

/** What one rule says of one image on one host. */
export const RuleOutcome = z.object({
  id: RuleId,
  outcome: z.enum(['pass', 'warn', 'fail', 'unknown', 'skip']),
  reason: z.string(),
  fix: z.string().optional(),
  source: z.string().optional(),
  /** The GPU that decided, where GPUs are judged one by one. */
  gpu: z.string().optional(),
});
export type RuleOutcome = z.infer<typeof RuleOutcome>;

export const Verdict = z.object({
  image: z.string(),
  digest: z.string().nullable(),
  verdict: z.enum(['runs', 'fails', 'unknown']),
  /**
   * Bytes: compressed in the registry; how many of them this engine lacks. Seconds that they take at the rate of the
   * last pull from there; null: none was measured.
   */
  size: z
    .object({compressed: z.number().nullable(), missing: z.number().nullable(), seconds: z.number().nullable()})
    .optional(),
  rules: z.array(RuleOutcome),
});
export type Verdict = z.infer<typeof Verdict>;

/** `gpudock check IMAGE… --json`: one verdict an image, in the order given. */
export const Check = z.object({
  schema: z.literal('gpudock/check/1'),
  matrix: z.object({date: z.string()}),
  verdicts: z.array(Verdict),
});
export type Check = z.infer<typeof Check>;

export const Candidate = Verdict.extend({
  framework: z.string().nullable(),
  version: z.string().nullable(),
  cuda: z.string().nullable(),
  python: z.string().nullable(),
  variant: z.string().nullable(),
});
export type Candidate = z.infer<typeof Candidate>;

/** `gpudock match [SPEC…] --json`: best first. */
export const Match = z.object({
  schema: z.literal('gpudock/match/1'),
  matrix: z.object({date: z.string()}),
  request: z.object({specs: z.array(z.string())}),
  candidates: z.array(Candidate),
  /** Blocked images worth having, and the one thing that would unlock each. */
  unlock: z.array(z.object({image: z.string(), needs: z.string()})),
  /** Where no image runs: wheels that do, in a plain image with Python (`torch==2.6.0`, `cu118`). */
  wheels: z
    .object({requirement: z.string(), build: z.string(), cuda: z.string(), reason: z.string()})
    .nullable()
    .optional(),
  /** Where none of the images runs: of each framework alone the newest that does, in whatever version. */
  instead: z.array(z.object({framework: z.string(), version: z.string().nullable(), image: z.string()})).optional(),
  /** Where no image is what was asked for: the newest version that the matrix has of each framework. */
  newest: z.array(z.object({framework: z.string(), version: z.string()})).optional(),
});
export type Match = z.infer<typeof Match>;
