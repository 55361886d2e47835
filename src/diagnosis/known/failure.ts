import type {Place} from '../packages.js';

/**
 * What shows a failure in a log: words, found in any letter case; or words (the anchor) and an expression that the text
 * around them must meet. The anchor is looked for in every byte of a log, the expression only where the anchor stands.
 * Anchors are ASCII, at least 9 characters long, and hold no quotes, because tools escape those differently.
 */
export type Sign = string | readonly [anchor: string, pattern: RegExp];

/** One known failure. Several rows may share an id, where the same failure has different causes. */
export interface KnownFailure {
  /** Of the one vocabulary of failures that findings and errors share. */
  id: string;
  signs: readonly Sign[];
  cause: string;
  fix: string;
  /** What is typed in place of `fix` where that differs. */
  fixes?: Readonly<Partial<Record<Place, string>>>;
  /** Where cause and fix come from: an issue as owner/name#number, a file as owner/name:path, or an address. */
  sources: readonly string[];
  /** Lines that must give this id and no other. */
  examples: readonly string[];
  /** Ids of the failures that follow from this one: beside it they are not shown. */
  explains?: readonly string[];
  /** True for a failure that says little: it is shown only where no other one explains the log. */
  vague?: true;
}

/** A group of failures, as the page of known failures shows them. */
export interface Topic {
  title: string;
  failures: readonly KnownFailure[];
}
