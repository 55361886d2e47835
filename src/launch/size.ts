const UNITS: Readonly<Record<string, number>> = {'': 0, k: 1, m: 2, g: 3, t: 4};

/**
 * Bytes of a size as people write it: `8GiB`, `8G`, `8gb`, `512m`; all units are binary, as in Docker. null: not a size,
 * or nothing.
 */
export function parseSize(text: string): number | null {
  const [, digits, unit] = /^(\d{1,9}(?:\.\d{1,3})?) ?([kmgt]?)i?b?$/i.exec(text.trim()) ?? [];
  const power = UNITS[(unit ?? '').toLowerCase()];
  if (digits === undefined || power === undefined) return null;
  const bytes = Math.round(Number(digits) * 1024 ** power);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}
