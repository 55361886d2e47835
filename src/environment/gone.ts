/** How apt-get, uv and pip say that exactly this version cannot be had, or is another file now. */
const GONE: readonly RegExp[] = [
  /^E: Version '([^']{1,99})' for '([^']{1,99})' was not found/,
  /^E: Unable to locate package (\S{1,99})/,
  /there is no version of (\S{1,99}==[^\s,]{1,99})/,
  /^(\S{1,200})\.(?:conda|tar\.bz2) tarball has incorrect SHA256/,
  /Failed to download package from \S{1,300}\/([^\s/]{1,200})\.(?:conda|tar\.bz2) \(status 404\)/,
  /No matching distribution found for (\S{1,99})/,
  /Hash mismatch for `([^`]{1,99})`/,
  /^\s*(\S{1,99}==\S{1,99}) from .{0,500}--hash/,
  /(\S{1,99}==\S{1,99}) from https?:\S{1,500}(?: \(from .{1,500}\))?:$/,
];

/** Packages of a lock that a failed step's output says are gone, or changed under their name; each once. */
export function goneFrom(output: readonly string[]): string[] {
  const found = output.flatMap(line => {
    for (const pattern of GONE) {
      const [, first, second] = pattern.exec(line.slice(0, 2000)) ?? [];
      if (first !== undefined) return [second === undefined ? first : `${second}=${first}`];
    }
    return [];
  });
  return [...new Set(found)];
}
