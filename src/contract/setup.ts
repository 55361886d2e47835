import * as z from 'zod';

export const SetupStepDocument = z.object({
  /** What it changes. */
  does: z.string(),
  /** As a line to paste; null for a file that is written or fetched. */
  command: z.string().nullable(),
  /** The file that is written: its content, or where it is fetched from. */
  file: z.object({path: z.string(), content: z.string().nullable(), url: z.string().nullable()}).nullable(),
  /** Files that the command changes; --undo puts them back. */
  changes: z.array(z.string()),
  /** What takes it back; null: --undo does nothing about it (packages stay installed). */
  undo: z.string().nullable(),
});
export type SetupStepDocument = z.infer<typeof SetupStepDocument>;

/** `gpudock setup --json`. */
export const Setup = z.object({
  schema: z.literal('gpudock/setup/1'),
  distribution: z
    .object({
      id: z.string(),
      name: z.string(),
      version: z.string().nullable(),
      family: z.enum(['debian', 'fedora', 'rhel', 'suse', 'arch']).nullable(),
    })
    .nullable(),
  groups: z.array(
    z.object({
      id: z.enum(['engine', 'access', 'toolkit', 'gpu', 'mirrors', 'data-root']),
      title: z.string(),
      state: z.enum(['done', 'needed', 'blocked', 'unknown']),
      why: z.string(),
      steps: z.array(SetupStepDocument),
      /** null: nothing was to be done, or only the plan was asked for. */
      outcome: z.enum(['carried-out', 'declined']).nullable(),
    }),
  ),
  /** What setup leaves to the user. */
  notes: z.array(z.string()),
});
export type Setup = z.infer<typeof Setup>;

/** `gpudock setup --pack FILE --json`. */
export const SetupPack = z.object({
  schema: z.literal('gpudock/setup-pack/1'),
  distribution: Setup.shape.distribution,
  file: z.string(),
  /** What the other machine is to get. */
  packages: z.array(z.string()),
  /** The package files in the bundle: those, and what they depend on. null: only the plan was asked for. */
  files: z.array(z.string()).nullable(),
  /** Size of the bundle. */
  bytes: z.number().nullable(),
  notes: z.array(z.string()),
});
export type SetupPack = z.infer<typeof SetupPack>;

/** `gpudock setup --undo --json`. */
export const SetupUndo = z.object({
  schema: z.literal('gpudock/setup-undo/1'),
  journal: z.string(),
  /** What was taken back, or would be with --dry-run. */
  undone: z.array(z.string()),
  /** Files that were changed since, and so stay. */
  left: z.array(z.object({path: z.string(), why: z.string()})),
});
export type SetupUndo = z.infer<typeof SetupUndo>;
