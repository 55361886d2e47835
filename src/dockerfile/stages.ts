/** One stage of a Dockerfile of ours. */
export interface Stage {
  /** '' when it has none: only the last one may. */
  name: string;
  text: string;
}

/** In their order; what stands before the first one is comments. */
export function stagesOf(dockerfile: string): Stage[] {
  return dockerfile
    .split(/^(?=FROM )/m)
    .filter(text => text.startsWith('FROM '))
    .map(text => ({name: /^FROM \S+ AS (\S+)$/m.exec(text)?.[1] ?? '', text}));
}

/** Where renderDockerfile, and beforeStep, name another stage or an image. */
const NAMED = /^(FROM |COPY --from=|(?:RUN| {3}) --mount=type=bind,from=)([^\s,]+)/gm;

/** The stage as a Dockerfile of its own, which takes the images of the stages that it names. */
export const standingAlone = ({text}: Stage, images: ReadonlyMap<string, string>): string =>
  text.replace(NAMED, (_, before: string, name: string) => `${before}${images.get(name) ?? name}`);
