import {Command} from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import type {Input, ParserOutput} from '@oclif/core/interfaces';
import {EXIT, isFailure} from './failure.js';
import {failureDocument, renderFailure} from './ui/failure.js';
import {inLook, type Look, lookOf} from './ui/look.js';
import {type Loudness, Progress} from './ui/progress.js';
import {usageFailure} from './usage.js';
import {liveWorld} from './world/live.js';
import type {World} from './world/world.js';

/** What all commands share: `--json`, failures as values, exit codes. `run` returns the document that `--json` prints. */
export abstract class GpudockCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    quiet: Flags.boolean({
      char: 'q',
      description: 'say nothing but the result and what went wrong',
      helpGroup: 'GLOBAL',
      exclusive: ['verbose'],
    }),
    verbose: Flags.boolean({
      char: 'v',
      description: 'keep every line of the tools that work, as builds and waits',
      helpGroup: 'GLOBAL',
    }),
  };

  protected readonly world: World = liveWorld(engineWhenAsked);
  #loudness: Loudness = 'normal';

  /** A line for people, on stderr: stdout belongs to the result. Nothing under --quiet. */
  protected say(line = ''): void {
    if (this.#loudness !== 'quiet') this.tell(line);
  }

  /** A line that is part of a question: it is said under --quiet too. */
  protected tell(line = ''): void {
    process.stderr.write(`${inLook(line, lookOf(process.stderr, this.world.env))}\n`);
  }

  /** What stdout can show. */
  protected get look(): Look {
    return lookOf(process.stdout, this.world.env);
  }

  /** The result for people; what other programs read is written as it is. */
  protected print(text: string): void {
    process.stdout.write(inLook(text, this.look));
  }

  protected progress(): Progress {
    return new Progress(process.stderr, {loudness: this.#loudness, env: this.world.env});
  }

  /** Work with nothing else to show for it. */
  protected during<T>(what: string, work: Promise<T>): Promise<T> {
    return this.progress().during(what, work);
  }

  protected override async parse<
    F extends Record<string, unknown>,
    B extends Record<string, unknown>,
    A extends Record<string, unknown>,
  >(options?: Input<F, B, A>, argv?: string[]): Promise<ParserOutput<F, B, A>> {
    // oclif takes a missing argument from stdin: it would be the first line of a script's loop, or `yes`.
    for (const argument of Object.values(this.ctor.args)) argument.ignoreStdin = true;
    const parsed = await super.parse<F, B, A>(options, argv);
    this.#loudness = parsed.flags.quiet ? 'quiet' : parsed.flags.verbose ? 'verbose' : 'normal';
    return parsed;
  }

  /** Plain, because colouring reads the whole document a second time. A command that printed its own returns none. */
  protected override logJson(json: unknown): void {
    if (json !== undefined) process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }

  protected override toErrorJson(error: unknown): unknown {
    return failureDocument(error instanceof Error ? error : new Error(String(error)));
  }

  protected override async catch(error: Error & {oclif?: {exit?: number}; exitCode?: number}): Promise<void> {
    if (error.oclif?.exit === EXIT.done || error.message.startsWith('EEXIT: ')) throw error;
    const failure =
      usageFailure(error, this.id ?? '', Object.keys({...this.ctor.baseFlags, ...this.ctor.flags, json: true})) ??
      error;
    process.exitCode = isFailure(failure) ? failure.exit : (error.oclif?.exit ?? EXIT.failed);
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(failure));
    else {
      const look = lookOf(process.stderr, this.world.env);
      process.stderr.write(inLook(renderFailure(failure, Boolean(this.world.env.DEBUG)), look));
    }
  }
}

/** The engine's code is loaded by the first question to it: most commands ask none. */
const engineWhenAsked = (world: Pick<World, 'env' | 'read'>): World['engine'] => {
  let getter: Promise<World['engine']> | undefined;
  return async (path, timeout, body) => {
    getter ??= import('./engine/get.js').then(({engineGetter}) => engineGetter(world));
    return (await getter)(path, timeout, body);
  };
};
