import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type {Exec} from '../contract/containers.js';
import {connect} from '../engine/connect.js';
import {findContainer} from '../engine/containers.js';
import {JobCommand} from '../job-command.js';
import {jobSignals} from '../job-signals.js';
import {SHELL} from '../launch/work.js';
import {passedVariables} from '../launch-flags.js';

export default class ExecCommand extends JobCommand {
  static override summary = 'run a command, or a shell, in a container that gpudock started';
  static override strict = false;
  static override usage = 'exec [FLAGS] NAME [--] [COMMAND...]';
  static override examples = [
    '<%= config.bin %> <%= command.id %> . nvidia-smi',
    '<%= config.bin %> <%= command.id %> gpudock-thesis python -c "print(1)"',
  ];
  static override args = {name: Args.string({description: 'name, id or project folder', required: true})};
  static override flags = {
    env: Flags.string({
      char: 'e',
      description: 'a variable: NAME=VALUE, or NAME to pass on this one (repeatable)',
      multiple: true,
      multipleNonGreedy: true,
    }),
  };

  async run(): Promise<Exec> {
    const {args, flags} = await this.parse(ExecCommand);
    const command = this.program();
    const signals = jobSignals();
    const engine = await connect(this.world);
    const [{id, name}, {ownConsole}, {startExec}] = await Promise.all([
      findContainer(engine, args.name),
      import('../engine/job.js'),
      import('../engine/exec.js'),
    ]);
    const exec = await startExec(
      engine.docker.getContainer(id),
      {command: command.length === 0 ? SHELL : command, env: passedVariables(flags.env, this.world.env)},
      ownConsole(true, this.ownTerminal(), this.outputs()),
    );
    signals.passTo(exec.kill);
    const exit = await exec.end;
    process.exitCode = exit;
    return {schema: 'gpudock/exec/1', name, exit};
  }
}
