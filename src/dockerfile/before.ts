/**
 * The Dockerfile up to the state in which a step ran, itself left out; what it mounts of other stages is copied, so that a
 * shell finds it. `step`: its name as BuildKit tells it, `[stage 2/4] RUN …`; null when no step is called so.
 */
export function beforeStep(dockerfile: string, step: string): string | null {
  const wanted = plain(step.replace(/^\[[^\]]*\] /, ''));
  const lines = dockerfile.split('\n');
  for (let start = 0; start < lines.length; start++) {
    if (!/^(?:RUN|COPY) /.test(lines[start] ?? '')) continue;
    let end = start;
    while (/\\$|^\s*#/.test(lines[end] ?? '') && end < lines.length - 1) end++;
    const instruction = plain(lines.slice(start, end + 1).join('\n'));
    if (instruction === wanted) return `${[...lines.slice(0, start), ...mounted(instruction)].join('\n')}\n`;
    start = end;
  }
  return null;
}

const mounted = (instruction: string): string[] =>
  [...instruction.matchAll(/--mount=type=bind,from=(\S+?),source=(\S+?),target=(\S+)/g)].map(
    ([, stage, source, target]) => `COPY --from=${stage} ${source} ${target}`,
  );

/** Without comments, continuations and repeated blanks. */
const plain = (instruction: string): string =>
  instruction
    .split('\n')
    .filter(line => !/^\s*#/.test(line))
    .map(line => line.replace(/\\$/, ''))
    .join(' ')
    .split(/\s+/)
    .join(' ')
    .trim();
