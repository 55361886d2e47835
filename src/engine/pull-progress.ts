import * as z from 'zod';

/** How far the pull of an image is. */
export interface PullEvent {
  type: 'pull';
  image: string;
  /** Layers that the engine has named so far, those among them that it held before, and those that are unpacked. */
  layers: number;
  here: number;
  done: number;
  /** compressed bytes of the layers that are fetched */
  current: number;
  /** Sum of the sizes known so far. */
  total: number;
  /** Whether the size of every layer is known: an engine tells it when it begins with one. */
  complete: boolean;
}

/** A pull that has ended well. `last`: how it stood at its end; null: the engine told nothing of layers. */
export interface PulledEvent {
  type: 'pulled';
  image: string;
  seconds: number;
  last: PullEvent | null;
}

/** A line of `POST /images/create` (moby/moby, api/swagger.yaml, CreateImageInfo). */
const Line = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  error: z.string().optional(),
  progressDetail: z.object({current: z.number().optional(), total: z.number().optional()}).nullish(),
});

interface Layer {
  state: 'waiting' | 'fetching' | 'fetched' | 'done' | 'here';
  current: number;
  total: number;
}

/** The engine's own words for a layer (moby/moby, distribution/pull_v2.go and distribution/xfer/download.go). */
const STATES: Readonly<Record<string, Layer['state']>> = {
  'Pulling fs layer': 'waiting',
  Waiting: 'waiting',
  Downloading: 'fetching',
  Retrying: 'fetching',
  'Verifying Checksum': 'fetched',
  'Download complete': 'fetched',
  Extracting: 'fetched',
  'Pull complete': 'done',
  'Already exists': 'here',
};

/** Adds up what an engine says of a pull, layer by layer. */
export class PullProgress {
  readonly #image: string;
  readonly #layers = new Map<string, Layer>();
  /** What the engine says went wrong; null: nothing. */
  error: string | null = null;

  constructor(image: string) {
    this.#image = image;
  }

  /** null: the line says nothing of a layer. */
  read(line: unknown): PullEvent | null {
    const {data} = Line.safeParse(line);
    if (data?.error !== undefined) this.error = data.error;
    const state = STATES[(data?.status ?? '').replace(/ in \d{1,9} seconds?$/, '')];
    if (data?.id === undefined || state === undefined) return null;
    const before = this.#layers.get(data.id);
    const {current = 0, total = 0} = state === 'fetching' ? (data.progressDetail ?? {}) : {};
    const known = Math.max(total, before?.total ?? 0);
    const fetched = state === 'fetched' || state === 'done' ? known : Math.max(current, before?.current ?? 0);
    this.#layers.set(data.id, {state, current: Math.min(fetched, known), total: known});
    return this.#event();
  }

  #event(): PullEvent {
    const layers = [...this.#layers.values()];
    const count = (...states: Layer['state'][]): number => layers.filter(({state}) => states.includes(state)).length;
    const sum = (of: (layer: Layer) => number): number => layers.reduce((all, layer) => all + of(layer), 0);
    return {
      type: 'pull',
      image: this.#image,
      layers: layers.length,
      here: count('here'),
      done: count('done'),
      current: sum(({current}) => current),
      total: sum(({total}) => total),
      complete: layers.every(({state, total}) => total > 0 || state === 'here' || state === 'done'),
    };
  }
}
