/** Exit codes that scripts may rely on (docs/commands.md). */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  incompatible: 3,
  cannotTell: 4,
  noEngine: 5,
  ownFailure: 125,
  interrupted: 130,
} as const;

export interface FailureFacts {
  /** An id in the vocabulary of failures: lower case, words joined by `_`. */
  code: string;
  /** What happened, in one line. */
  message: string;
  /** Why, in one line; null when it is not known. */
  cause?: string | null;
  /** What to do, in one line, preferably a command. */
  fix?: string | null;
  /** One of {@link EXIT}; default 1. */
  exit?: number;
  /** Last lines of a tool's own output, shown above the error. */
  details?: readonly string[];
}

/** A failure that a user can act on: a code, what happened, why, and what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: string;
  readonly reason: string | null;
  readonly fix: string | null;
  readonly exit: number;
  readonly details: readonly string[];

  constructor(facts: FailureFacts, options?: {cause?: unknown}) {
    super(facts.message, options);
    this.code = facts.code;
    this.reason = facts.cause ?? null;
    this.fix = facts.fix ?? null;
    this.exit = facts.exit ?? EXIT.failed;
    this.details = facts.details ?? [];
  }
}

/** Compares the name and not the class, so that two bundled copies still agree. */
export const isFailure = (error: unknown): error is Failure => error instanceof Error && error.name === 'Failure';
