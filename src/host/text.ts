/**
 * Text that tools print: its encoding, lines and cells. All bounded, so that hostile input costs linear time.
 */

/** No report of a tool that the probe reads is longer; what follows is not read. */
const LONGEST_TEXT = 8 * 1024 * 1024;
/** No report has more lines; what follows is not read. */
const MOST_LINES = 400_000;
/** No line that the probe reads is longer: it lets regular expressions run over a line without fear. */
const LONGEST_LINE = 20_000;

const ESCAPES = /\u001b\[[0-9;?]{0,32}[A-Za-z]/g;

/** Bytes to text: UTF-8, or UTF-16 where a byte order mark or zero bytes say so (PowerShell redirects). */
export function decode(bytes: Uint8Array): string {
  const head = bytes.subarray(0, LONGEST_TEXT);
  const encoding = encodingOf(head);
  return new TextDecoder(encoding).decode(head);
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (b === 0 && d === 0 && a !== 0 && c !== 0) return 'utf-16le';
  if (a === 0 && c === 0 && b !== 0 && d !== 0) return 'utf-16be';
  return 'utf-8';
}

/** Lines without ends, byte order mark and colours. */
export function linesOf(text: string): string[] {
  return text
    .slice(0, LONGEST_TEXT)
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/, MOST_LINES)
    .map(line => line.slice(0, LONGEST_LINE).replace(ESCAPES, ''));
}

/** Lines without the last one where no line end follows it: that one may be cut. */
export function wholeLinesOf(text: string): string[] {
  const lines = linesOf(text);
  return /[\r\n]$/.test(text.slice(0, LONGEST_TEXT)) ? lines : lines.slice(0, -1);
}

const NO_VALUE =
  /^\[?(?:n\/a|not supported|not available.*|unknown(?: error)?|err!|gpu is lost|.*requested functionality.*|insufficient permissions|gpu requires reset|none|no data)\]?$/i;

/** A cell's text, or null where the tool printed that it has no value. */
export function cellText(cell: string | null | undefined): string | null {
  const text = cell?.trim() ?? '';
  return text === '' || NO_VALUE.test(text) ? null : text;
}

/** A number as tools print it, with its unit behind ("11172 MiB", "98 %"); null for anything else. */
export function cellNumber(cell: string | null | undefined, unit?: string): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)\s?([A-Za-z%]*)$/.exec(cell?.trim() ?? '');
  if (!match || (unit !== undefined && match[2] !== '' && match[2] !== unit)) return null;
  return Number(match[1]);
}

/** A whole number, or null. */
export function cellInteger(cell: string | null | undefined): number | null {
  const text = cell?.trim() ?? '';
  return /^\d{1,12}$/.test(text) ? Number(text) : null;
}

/** A version of dotted integers ("570.124.06"), with whatever follows it after a blank cut off; else null. */
export function cellVersion(cell: string | null | undefined): string | null {
  return /^v?(\d{1,6}(?:\.\d{1,8}){1,4})(?=$|[\s,;[|)])/i.exec(cell?.trim() ?? '')?.[1] ?? null;
}
