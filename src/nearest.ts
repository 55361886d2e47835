/** The one of `names` that `word` was most likely meant to be; null where none is near. */
export function nearest(word: string, names: readonly string[]): string | null {
  const short = word.slice(0, LONGEST);
  const ranked = names.map(name => ({name, far: distance(short.toLowerCase(), name)})).sort((a, b) => a.far - b.far);
  const [best] = ranked;
  return best !== undefined && best.far <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : null;
}

/** No name is longer; a word that is stays far from all of them. */
const LONGEST = 40;

/** Optimal string alignment: insertions, deletions, replacements, and neighbours that changed places count one each. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({length: b.length + 1}, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
