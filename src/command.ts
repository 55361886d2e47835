import {Command} from '@oclif/core/command';
import {EXIT, isFailure} from './failure.js';
import {failureDocument, renderFailure} from './ui/failure.js';
import {liveWorld} from './world/live.js';
import type {World} from './world/world.js';

/** What all commands share: `--json`, failures as values, exit codes. `run` returns the document that `--json` prints. */
export abstract class GpudockCommand extends Command {
  static override enableJsonFlag = true;

  protected readonly world: World = liveWorld(engineWhenAsked);

  /** A line for people, on stderr: stdout belongs to the result. */
  protected say(line = ''): void {
    process.stderr.write(`${line}\n`);
  }

  /** Plain, because colouring reads the whole document a second time. */
  protected override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }

  protected override toErrorJson(error: unknown): unknown {
    return failureDocument(error instanceof Error ? error : new Error(String(error)));
  }

  protected override async catch(error: Error & {oclif?: {exit?: number}; exitCode?: number}): Promise<void> {
    if (error.oclif?.exit === EXIT.done || error.message.startsWith('EEXIT: ')) throw error;
    process.exitCode = isFailure(error) ? error.exit : (error.oclif?.exit ?? EXIT.failed);
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(error));
    else process.stderr.write(renderFailure(error, Boolean(this.world.env.DEBUG)));
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
