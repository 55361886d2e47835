import {GpudockCommand} from './command.js';
import type {FailureDocument} from './contract/failure.js';
import {EXIT, isFailure} from './failure.js';
import {failureDocument, renderFailure} from './ui/failure.js';

/** One of several: what became of it, or under the name that was given why nothing did. */
type Outcome<T> = (T & {error: null}) | ({name: string; id: null} & FailureDocument);

/** A command that does one thing to each container that is named. */
export abstract class ContainersCommand extends GpudockCommand {
  /** One after the other: where it fails for one the others still get it, and the exit code is 1. */
  protected async toEach<T>(names: readonly string[], act: (name: string) => Promise<T>): Promise<Outcome<T>[]> {
    const outcomes: Outcome<T>[] = [];
    for (const name of new Set(names)) outcomes.push(await this.#outcome(name, act));
    return outcomes;
  }

  async #outcome<T>(name: string, act: (name: string) => Promise<T>): Promise<Outcome<T>> {
    try {
      return {...(await act(name)), error: null};
    } catch (error) {
      if (!isFailure(error)) throw error;
      process.exitCode = EXIT.failed;
      if (!this.jsonEnabled()) this.tell(renderFailure(error, false).trimEnd());
      return {name, id: null, ...failureDocument(error)};
    }
  }
}
