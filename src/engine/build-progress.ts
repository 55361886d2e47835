import {StringDecoder} from 'node:string_decoder';
import * as z from 'zod';

/** What happened in a build, in the order BuildKit told it. */
export type BuildEvent =
  | {type: 'started'; step: string}
  | {type: 'cached'; step: string}
  | {type: 'finished'; step: string; seconds: number}
  /** A base that was only looked up when its step ended, and then fetched for the steps on it. */
  | {type: 'fetched'; step: string; seconds: number}
  | {type: 'failed'; step: string; error: string}
  | {type: 'output'; step: string; line: string}
  | {type: 'transfer'; step: string; name: string; current: number; total: number}
  | {type: 'built'; tag: string; seconds: number};

/** Reads a builder's output line by line. */
export interface Progress {
  /** The builder's own words: the end of a failed build. */
  readonly words: readonly string[];
  /** The last lines that the failed step printed. */
  readonly tail: readonly string[];
  readonly failedStep: string | null;
  read(line: string): BuildEvent[];
  /** The events that no line tells, once the builder has ended well. */
  end(): BuildEvent[];
}

/** The part of BuildKit's SolveStatus that is shown (moby/buildkit, client/graph.go). */
const SolveStatus = z.object({
  vertexes: z
    .array(
      z.object({
        digest: z.string(),
        name: z.string().default(''),
        started: z.string().nullish(),
        completed: z.string().nullish(),
        cached: z.boolean().nullish(),
        error: z.string().nullish(),
      }),
    )
    .nullish(),
  statuses: z
    .array(z.object({id: z.string(), vertex: z.string(), current: z.number().nullish(), total: z.number().nullish()}))
    .nullish(),
  logs: z.array(z.object({vertex: z.string(), data: z.string().nullish()})).nullish(),
});
type SolveStatus = z.infer<typeof SolveStatus>;
type Vertex = NonNullable<SolveStatus['vertexes']>[number];

/** Steps that are BuildKit's own housekeeping; nobody waits for them. */
const INTERNAL = /^\[internal\]|^exporting|^sending|^resolving provenance|^importing cache/;

/** Follows a build from the lines of `buildx --progress=rawjson`. Lines that are not JSON are buildx's own words. */
export class BuildProgress implements Progress {
  readonly words: string[] = [];
  readonly tail: string[] = [];
  failedStep: string | null = null;
  #document = '';
  readonly #names = new Map<string, string>();
  readonly #settled = new Map<string, 'started' | 'ended'>();
  /** Steps that have ended and fetch all the same. */
  readonly #fetching = new Set<string>();
  readonly #output = new Map<string, string[]>();
  readonly #partial = new Map<string, string>();
  readonly #decoders = new Map<string, StringDecoder>();

  end(): BuildEvent[] {
    return [];
  }

  /** The events of one line. buildx 0.13 spreads an object over lines, later ones print one a line. */
  read(line: string): BuildEvent[] {
    const open = this.#document !== '' || line === '{';
    this.#document = open ? this.#document + line : '';
    if (open && line !== '}') return [];
    const status = parseStatus(open ? this.#document : line);
    this.#document = '';
    if (status === null) {
      if (line.trim() !== '') this.words.push(line);
      return [];
    }
    return [
      ...(status.logs ?? []).flatMap(log => this.#log(log.vertex, log.data ?? '')),
      ...(status.vertexes ?? []).flatMap(vertex => this.#vertex(vertex)),
      ...(status.statuses ?? []).flatMap(({id, vertex, current, total}) =>
        total ? [this.#transfer(vertex, {name: id, current: current ?? 0, total})] : [],
      ),
    ];
  }

  #transfer(digest: string, part: {name: string; current: number; total: number}): BuildEvent {
    if (this.#settled.get(digest) === 'ended') this.#fetching.add(digest);
    return {type: 'transfer', step: this.#name(digest), ...part};
  }

  #name(digest: string): string {
    return this.#names.get(digest) ?? '';
  }

  #vertex(vertex: Vertex): BuildEvent[] {
    const {digest, name: step} = vertex;
    this.#names.set(digest, step);
    if (this.#settled.get(digest) === 'ended') return this.#fetched(vertex);
    if (vertex.error) return this.#failed(vertex, vertex.error);
    const hidden = INTERNAL.test(step);
    if (vertex.completed) {
      this.#settled.set(digest, 'ended');
      if (hidden) return [];
      if (vertex.cached) return [{type: 'cached', step}];
      return [{type: 'finished', step, seconds: secondsOf(vertex)}];
    }
    if (!vertex.started || this.#settled.has(digest)) return [];
    this.#settled.set(digest, 'started');
    return hidden ? [] : [{type: 'started', step}];
  }

  #fetched(vertex: Vertex): BuildEvent[] {
    if (!vertex.completed || !this.#fetching.delete(vertex.digest)) return [];
    return [{type: 'fetched', step: vertex.name, seconds: secondsOf(vertex)}];
  }

  #failed({digest, name}: Vertex, error: string): BuildEvent[] {
    this.#settled.set(digest, 'ended');
    // BuildKit marks the steps that were still running as canceled: they are not the cause.
    if (/context canceled/.test(error)) return [];
    this.failedStep ??= name;
    const last = this.#partial.get(digest) ?? '';
    this.tail.push(...(this.#output.get(digest) ?? []), ...(last === '' ? [] : [last]));
    return [{type: 'failed', step: name, error}];
  }

  #log(digest: string, data: string): BuildEvent[] {
    // BuildKit cuts its chunks anywhere, also within a character.
    const decoder = this.#decoders.get(digest) ?? new StringDecoder('utf8');
    this.#decoders.set(digest, decoder);
    const text = (this.#partial.get(digest) ?? '') + decoder.write(Buffer.from(data, 'base64'));
    const lines = text.split(/\r\n|\n|\r/);
    this.#partial.set(digest, lines.pop() ?? '');
    const kept = [...(this.#output.get(digest) ?? []), ...lines].slice(-KEPT_LINES);
    this.#output.set(digest, kept);
    return lines.map(line => ({type: 'output', step: this.#name(digest), line}));
  }
}

const KEPT_LINES = 40;

function secondsOf({started, completed}: Vertex): number {
  const end = Date.parse(completed ?? '');
  return (end - Date.parse(started ?? completed ?? '')) / 1000;
}

function parseStatus(line: string): SolveStatus | null {
  if (!line.startsWith('{')) return null;
  try {
    return SolveStatus.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
