import {flush} from '@oclif/core/flush';
import {handle} from '@oclif/core/handle';
import {run} from '@oclif/core/run';
import {settings} from '@oclif/core/settings';
import {EXIT, isFailure} from './failure.js';
import {withProgramApart} from './separate-argv.js';
import {failureDocument, renderFailure} from './ui/failure.js';
import {inLook, lookOf} from './ui/look.js';

/** The executable's one entry: runs the command named on the command line. `root`: the package's folder. */
export async function main(root: string): Promise<void> {
  // A user's NODE_ENV=development is about the user's program: ours has no TypeScript to look for.
  settings.enableAutoTranspile = false;
  try {
    await run(asCommand(process.argv.slice(2)), {root});
    await flush();
    // Who pressed Ctrl-C waits for nothing more: a probe's slow programs end with this one.
    if (process.exitCode === EXIT.interrupted) process.exit();
  } catch (error) {
    const known = error instanceof Error ? error : new Error(String(error));
    if (!isFailure(known)) return handle(known);
    process.exitCode = known.exit;
    if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(failureDocument(known), null, 2)}\n`);
    else process.stderr.write(inLook(renderFailure(known, false), lookOf(process.stderr, process.env)));
  }
}

/** `gpudock help notebook` is `gpudock notebook --help`; a plugin for it would be read at every start. */
const asCommand = ([first, ...rest]: string[]): string[] =>
  first === 'help' ? [...rest, '--help'] : withProgramApart(first === undefined ? [] : [first, ...rest]);
