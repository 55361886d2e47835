import type {BuildEvent} from '../engine/build-progress.js';
import {parseReference} from '../matrix/reference.js';
import {type MeasuredPull, rememberPull} from '../registry/pull-rates.js';
import type {World} from '../world/world.js';

/** BuildKit's name of a step that gets a base: `[builder 1/5] FROM docker.io/library/python:3.12@sha256:…`. */
const FROM = /\bFROM (\S+)/;
/** Its name of a layer that is fetched; that of one that is unpacked has a word before it. */
const LAYER = /^sha256:/;

interface Pull extends MeasuredPull {
  registry: string;
}

/** Learns from the events of a build how fast its bases were pulled: `check` tells by it how long the next pull takes. */
export class BasePulls {
  /** Bytes, by layer, of each step that fetches. */
  readonly #fetched = new Map<string, Map<string, number>>();
  readonly pulls: Pull[] = [];

  follow(event: BuildEvent): void {
    if (event.type === 'transfer' && FROM.test(event.step) && LAYER.test(event.name)) {
      const layers = this.#fetched.get(event.step) ?? new Map<string, number>();
      this.#fetched.set(event.step, layers.set(event.name, event.current));
    }
    if (event.type === 'finished' || event.type === 'fetched') this.#ended(event.step, event.seconds);
  }

  #ended(step: string, seconds: number): void {
    const registry = parseReference(FROM.exec(step)?.[1] ?? '')?.domain;
    const bytes = [...(this.#fetched.get(step)?.values() ?? [])].reduce((sum, layer) => sum + layer, 0);
    if (registry !== undefined && bytes > 0) this.pulls.push({registry, bytes, seconds});
  }

  async remember(world: Pick<World, 'env' | 'read'>): Promise<void> {
    for (const {registry, ...pull} of this.pulls) await rememberPull(world, registry, pull);
  }
}
