import type {BuildEvent, Progress} from './build-progress.js';

const STEP = /^STEP (\d+\/\d+): (.*)$/;
const CACHED = /^--> Using cache /;
const REFUSED = /^Error: (?:error )?building at STEP "/;
const KEPT_LINES = 40;

interface Step {
  name: string;
  since: number;
  cached: boolean;
}

/**
 * Follows the build of one stage from what `podman build` prints: a step ends when the next one begins. `stage`: its name, ''
 * when it has none. `images`: those that it names, by the stages that they were built from, which are told instead.
 */
export class PodmanProgress implements Progress {
  readonly words: string[] = [];
  tail: string[] = [];
  failedStep: string | null = null;
  readonly #stage: string;
  readonly #images: ReadonlyMap<string, string>;
  readonly #now: () => number;
  #step: Step | null = null;

  constructor(stage: string, images: ReadonlyMap<string, string>, now: () => number) {
    this.#stage = stage;
    this.#images = images;
    this.#now = now;
  }

  read(line: string): BuildEvent[] {
    const [, position, instruction = ''] = STEP.exec(line) ?? [];
    if (position !== undefined) return this.#begin(`${this.#stage} ${position}`.trim(), instruction);
    if (line.startsWith('Error: ')) return this.#failed(line);
    if (this.#step === null || line === '') return [];
    if (CACHED.test(line)) this.#step.cached = true;
    if (line.startsWith('-->')) return [];
    this.tail = [...this.tail, line].slice(-KEPT_LINES);
    return [{type: 'output', step: this.#step.name, line}];
  }

  end(): BuildEvent[] {
    if (this.#step === null) return [];
    const {name: step, cached, since} = this.#step;
    return [cached ? {type: 'cached', step} : {type: 'finished', step, seconds: (this.#now() - since) / 1000}];
  }

  #begin(position: string, instruction: string): BuildEvent[] {
    const before = this.end();
    const told = [...this.#images].reduce((text, [stage, image]) => text.replaceAll(image, stage), instruction);
    this.#step = {name: `[${position}] ${told}`, since: this.#now(), cached: false};
    return [...before, {type: 'started', step: this.#step.name}];
  }

  #failed(line: string): BuildEvent[] {
    this.words.push(line);
    if (this.#step === null || this.failedStep !== null || !REFUSED.test(line)) return [];
    this.failedStep = this.#step.name;
    return [{type: 'failed', step: this.failedStep, error: line}];
  }
}
