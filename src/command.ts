import {Command} from '@oclif/core/command';
import {engineGetter} from './engine/get.js';
import {EXIT, isFailure} from './failure.js';
import {failureDocument, renderFailure} from './ui/failure.js';
import {liveWorld} from './world/live.js';
import type {World} from './world/world.js';

/** What all commands share: `--json`, failures as values, exit codes. `run` returns the document that `--json` prints. */
export abstract class GpudockCommand extends Command {
  static override enableJsonFlag = true;

  protected readonly world: World = liveWorld(engineGetter);

  /** A line for people, on stderr: stdout belongs to the result. */
  protected say(line = ''): void {
    process.stderr.write(`${line}\n`);
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
