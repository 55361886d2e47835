import {flush} from '@oclif/core/flush';
import {handle} from '@oclif/core/handle';
import {run} from '@oclif/core/run';
import {EXIT} from './failure.js';
import {withProgramApart} from './separate-argv.js';

/** The executable's one entry: runs the command named on the command line. */
export async function main(url: string): Promise<void> {
  try {
    await run(asCommand(process.argv.slice(2)), url);
    await flush();
    // Who pressed Ctrl-C waits for nothing more: a probe's slow programs end with this one.
    if (process.exitCode === EXIT.interrupted) process.exit();
  } catch (error) {
    await handle(asUsage(error));
  }
}

/** `gpudock help notebook` is `gpudock notebook --help`; a plugin for it would be read at every start. */
const asCommand = ([first, ...rest]: string[]): string[] =>
  first === 'help' ? [...rest, '--help'] : withProgramApart(first === undefined ? [] : [first, ...rest]);

/** A command that does not exist is wrong usage (exit 2), as a flag that does not exist is; oclif says 127. */
function asUsage(error: unknown): Error & {oclif?: {exit?: number}} {
  const known: Error & {oclif?: {exit?: number}} = error instanceof Error ? error : new Error(String(error));
  const missing = known.oclif?.exit === NO_SUCH_COMMAND || /^command .* not found/.test(known.message);
  return missing ? Object.assign(known, {oclif: {exit: EXIT.usage}}) : known;
}

const NO_SUCH_COMMAND = 127;
