const SECONDS: Readonly<Record<string, number>> = {s: 1, m: 60, h: 3_600, d: 86_400};

/** Seconds of a time as people write it: `90s`, `30m`, `2h`, `1d`. null: not a time, or none. */
export function parseDuration(text: string): number | null {
  const [, digits, unit] = /^(\d{1,6}) ?([smhd])$/i.exec(text.trim()) ?? [];
  const seconds = Number(digits) * (SECONDS[(unit ?? '').toLowerCase()] ?? 0);
  return seconds > 0 ? seconds : null;
}
