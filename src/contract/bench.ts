import * as z from 'zod';

export const BenchVerdict = z.enum(['equivalent', 'slower', 'faster', 'undecided']);
export type BenchVerdict = z.infer<typeof BenchVerdict>;

const Interval = z.tuple([z.number(), z.number()]);

/** One side against itself. */
const Control = z.object({
  side: z.enum(['host', 'container']),
  ratio: z.number(),
  interval: Interval,
  verdict: BenchVerdict,
});

/** One fresh process. */
const Trial = z.object({
  /** Four trials a block, in the order in which they ran. */
  block: z.number(),
  side: z.enum(['host', 'container']),
  /** Which of the side's two trials in the block it is, drawn before it ran: the control compares the two. */
  arm: z.union([z.literal(0), z.literal(1)]),
  /** In the workload's unit. */
  iterations: z.array(z.number()),
  /** CPUs that others kept busy meanwhile; null: not measured. */
  otherLoad: z.number().nullable(),
  /** Why this trial's block is left out of the statistics; null: it counts. */
  marked: z.string().nullable(),
  /** What else the program measured: clocks and temperature of the GPU, phases of a start. */
  readings: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
});
export type BenchTrial = z.infer<typeof Trial>;

export const BenchWorkload = z.object({
  name: z.string(),
  unit: z.string(),
  mode: z.enum(['same-bits', 'as-shipped']),
  /** Whether a larger figure is the better one. */
  better: z.enum(['higher', 'lower']),
  /** One figure a pair, the median of a fresh process's iterations; the same place in both lists is one pair. */
  host: z.array(z.number()),
  container: z.array(z.number()),
  /** container / host; null where nothing was measured. */
  ratio: z.number().nullable(),
  /** 95 %, for the ratio. */
  interval: Interval.nullable(),
  /** Relative difference that does not matter, set beforehand. */
  margin: z.number(),
  /** The same in the unit, for latencies. */
  marginAbsolute: z.number().optional(),
  verdict: z.union([BenchVerdict, z.literal('skipped')]),
  /** Of the two sides the one that is farther from being like itself, on these samples. */
  control: Control.nullable(),
  /** Pairs still wanted for the precision asked for; null where nothing was measured. */
  pairsMissing: z.number().nullable(),
  /** Every trial as it was measured, warm-up left out. */
  trials: z.array(Trial),
  note: z.string().optional(),
  cause: z.string().optional(),
  fix: z.string().optional(),
});
export type BenchWorkload = z.infer<typeof BenchWorkload>;

/** `gpudock bench --json`. */
export const Bench = z.object({
  schema: z.literal('gpudock/bench/1'),
  date: z.string(),
  seed: z.number(),
  resamples: z.number(),
  /** What the container stands against: the host, another image, or plain docker; under `host` everywhere below. */
  against: z.enum(['host', 'image', 'plain']),
  /** What the two sides are called. */
  sides: z.object({host: z.string(), container: z.string()}),
  /** The machine, its engine, and under `software` what each side is made of; null: not known. */
  machine: z.record(z.string(), z.unknown()),
  usable: z.boolean(),
  /** Why the session is not usable, and what makes the comparison less than fair. */
  warnings: z.array(z.string()),
  /** What the figures rest on, in lines: the machine, what each side is made of, clocks, the time that was taken. */
  conditions: z.array(z.string()),
  /** Each side against itself; of several workloads the worst. null: nothing was measured. */
  control: Control.extend({workload: z.string()}).nullable(),
  interrupted: z.boolean(),
  workloads: z.array(BenchWorkload),
});
export type Bench = z.infer<typeof Bench>;
