/** HTTP status of a dockerode error; null for anything else. */
export const statusOf = (error: unknown): number | null =>
  typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null;

/** The engine's own words in a dockerode error. */
export function reasonOf(error: unknown): string {
  const json = typeof error === 'object' && error !== null && 'json' in error ? error.json : null;
  const said = typeof json === 'object' && json !== null && 'message' in json ? json.message : null;
  if (typeof said === 'string') return said;
  // docker-modem has no document to read where a connection was to be upgraded.
  return (error instanceof Error ? error.message : String(error)).replace(/^\(HTTP code \d+\) [a-z ]+ - /, '').trim();
}
