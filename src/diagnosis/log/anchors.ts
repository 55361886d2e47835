/** Three bytes at a time, so that most steps skip as far as the shortest anchor allows. */
const BLOCK = 3;

/** ASCII letters in lower case. Some other characters fall together: what it finds is a candidate. */
const folded = (byte: number): number => byte | 0x20;

const hash = (a: number, b: number, c: number): number => ((folded(a) << 10) ^ (folded(b) << 5) ^ folded(c)) & 0xffff;

/** Calls `found` for each place before `end` where an anchor starts; `anchor` is its position in the list given. */
export type AnchorSearch = (bytes: Uint8Array, end: number, found: (at: number, anchor: number) => void) => void;

/**
 * Finds many words at once, in any letter case (Wu and Manber, "A fast algorithm for multi-pattern searching", 1994):
 * a table says for each three bytes how far the search may skip. Words are ASCII and at least three characters long.
 */
export function anchorSearch(anchors: readonly string[]): AnchorSearch {
  const words = anchors.map(anchor => Uint8Array.from(anchor, character => folded(character.charCodeAt(0))));
  const width = Math.min(...words.map(({length}) => length));
  const skip = new Uint8Array(0x10000).fill(width - BLOCK + 1);
  const starting = new Map<number, number[]>();
  words.forEach((word, anchor) => {
    for (let last = BLOCK - 1; last < width; last++) {
      const key = hash(word[last - 2] ?? 0, word[last - 1] ?? 0, word[last] ?? 0);
      skip[key] = Math.min(skip[key] ?? 0, width - 1 - last);
      if (last === width - 1) starting.set(key, [...(starting.get(key) ?? []), anchor]);
    }
  });
  return (bytes, end, found) => {
    for (let last = width - 1; last < bytes.length && last - width + 1 < end; ) {
      const key = hash(bytes[last - 2] as number, bytes[last - 1] as number, bytes[last] as number);
      const step = skip[key] as number;
      if (step === 0) {
        const at = last - width + 1;
        for (const anchor of starting.get(key) ?? []) if (isAt(bytes, at, words[anchor])) found(at, anchor);
      }
      last += step || 1;
    }
  };
}

function isAt(bytes: Uint8Array, at: number, word: Uint8Array = new Uint8Array()): boolean {
  for (let index = 0; index < word.length; index++) {
    if (folded(bytes[at + index] ?? 0) !== word[index]) return false;
  }
  return true;
}
