import type {BuildEvent, Progress} from './build-progress.js';

/** `[2/4] STEP 3/8: RUN …`; a Dockerfile of one stage has no `[1/1]`. */
const STEP = /^(?:\[(\d+\/\d+)\] )?STEP (\d+\/\d+): (.*)$/;
const CACHED = /^--> Using cache /;
const REFUSED = /^Error: (?:error )?building at STEP "(.*)": /;
const KEPT_LINES = 40;

interface Step {
  name: string;
  instruction: string;
  since: number;
  cached: boolean;
}

/**
 * Follows a build from what `podman build` prints. Stages run side by side and their lines carry no name: a step ends when
 * the next one of its stage begins, and of the last one of a stage nothing tells the end.
 */
export class PodmanProgress implements Progress {
  readonly words: string[] = [];
  tail: string[] = [];
  failedStep: string | null = null;
  readonly #now: () => number;
  readonly #steps = new Map<string, Step>();
  #last: Step | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  read(line: string): BuildEvent[] {
    const [, stage = '', position, instruction = ''] = STEP.exec(line) ?? [];
    if (position !== undefined) return this.#begin(stage, position, instruction);
    if (line.startsWith('Error: ')) return this.#failed(line);
    if (this.#last === null || line === '') return [];
    if (CACHED.test(line)) this.#last.cached = true;
    if (line.startsWith('-->')) return [];
    this.tail = [...this.tail, line].slice(-KEPT_LINES);
    return [{type: 'output', step: this.#last.name, line}];
  }

  #begin(stage: string, position: string, instruction: string): BuildEvent[] {
    const before = this.#steps.get(stage);
    const name = `[${stage === '' ? '' : `${stage} `}${position}] ${instruction}`;
    this.#last = {name, instruction, since: this.#now(), cached: false};
    this.#steps.set(stage, this.#last);
    return [...(before === undefined ? [] : [this.#ended(before)]), {type: 'started', step: name}];
  }

  #ended({name: step, cached, since}: Step): BuildEvent {
    return cached ? {type: 'cached', step} : {type: 'finished', step, seconds: (this.#now() - since) / 1000};
  }

  #failed(line: string): BuildEvent[] {
    this.words.push(line);
    const [, instruction = ''] = REFUSED.exec(line) ?? [];
    const step = [...this.#steps.values()].find(other => plain(other.instruction) === plain(instruction));
    if (step === undefined || this.failedStep !== null) return [];
    this.failedStep = step.name;
    return [{type: 'failed', step: step.name, error: line}];
  }
}

/** Podman's refusal has the same words with other blanks between them. */
const plain = (instruction: string): string => instruction.replace(/\s+/g, ' ');
