import type {Match} from '../diagnosis/explain.js';

/** What `explain` knows of some lines; null: no known failure. Loaded only once something has failed. */
export async function knownFailure(lines: readonly string[]): Promise<Match | null> {
  const {explainText} = await import('../diagnosis/explain.js');
  return explainText(lines.join('\n'))[0] ?? null;
}
