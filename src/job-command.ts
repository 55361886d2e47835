import {GpudockCommand} from './command.js';
import {EXIT, isFailure} from './failure.js';

/**
 * A command that runs a program of the user's: its exit code is passed through; where gpudock itself fails the code is
 * 125, as docker's is.
 */
export abstract class JobCommand extends GpudockCommand {
  protected override async catch(error: Error & {oclif?: {exit?: number}; exitCode?: number}): Promise<void> {
    await super.catch(error);
    if (!(isFailure(error) && error.exit === EXIT.interrupted)) process.exitCode = EXIT.ownFailure;
  }

  /** The words of the program, as they were given: oclif's own list has them sorted, equal ones beside each other. */
  protected program(): string[] {
    const at = this.argv.indexOf('--');
    return at === -1 ? [] : this.argv.slice(at + 1);
  }

  /** Both ends are a terminal: the program gets one too. `--json` keeps stdout for the document. */
  protected ownTerminal(): boolean {
    return process.stdin.isTTY === true && process.stdout.isTTY === true && !this.jsonEnabled();
  }

  /** With `--json` the program's output goes to stderr. */
  protected outputs(): {stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream} {
    return {stdout: this.jsonEnabled() ? process.stderr : process.stdout, stderr: process.stderr};
  }
}
