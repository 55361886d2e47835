import * as z from 'zod';

/** `gpudock lock --json`, `gpudock upgrade --json`. */
export const LockChanges = z.object({
  schema: z.literal('gpudock/lock-changes/1'),
  /** Of gpudock.lock. */
  path: z.string(),
  /** false: nothing changed, or `--dry-run` */
  written: z.boolean(),
  changes: z.array(
    z.object({
      what: z.enum(['base', 'conda', 'python', 'apt']),
      name: z.string(),
      /** null: it is new */
      from: z.string().nullable(),
      /** null: it is gone */
      to: z.string().nullable(),
    }),
  ),
});
export type LockChanges = z.infer<typeof LockChanges>;

/** `gpudock lock --check --json`; a stale lock is a failure. */
export const LockCheck = z.object({schema: z.literal('gpudock/lock-check/1'), current: z.literal(true)});
export type LockCheck = z.infer<typeof LockCheck>;

/** `gpudock upgrade --rollback --json`. */
export const LockRollback = z.object({schema: z.literal('gpudock/lock-rollback/1'), rolledBack: z.literal(true)});
export type LockRollback = z.infer<typeof LockRollback>;
