import * as Flags from '@oclif/core/flags';
import type {Shell} from '../contract/containers.js';
import {runJob} from '../flow/job.js';
import {imageFlags} from '../image-flags.js';
import {JobCommand} from '../job-command.js';
import {jobSignals} from '../job-signals.js';
import {job, SHELL} from '../launch/work.js';
import {launchFlags, launchWishes, nameFlag, syncFlag} from '../launch-flags.js';
import {liveFlow} from '../live-flow.js';
import {jobEnded} from '../ui/job.js';

export default class ShellCommand extends JobCommand {
  static override summary = "open a shell in a project's environment";
  static override description = 'Also reads a script from a pipe.';
  static override examples = ['<%= config.bin %> <%= command.id %>'];
  static override flags = {
    ...imageFlags,
    ...launchFlags,
    project: Flags.string({char: 'C', description: 'the project folder', default: '.', helpValue: 'DIR'}),
    name: nameFlag,
    sync: syncFlag,
  };

  async run(): Promise<Shell> {
    const {flags} = await this.parse(ShellCommand);
    const tty = this.ownTerminal();
    const signals = jobSignals();
    const progress = this.progress();
    const flow = liveFlow(this.world, progress, signals.signal);
    const wishes = await launchWishes(flags, this.world);
    const work = job(SHELL, {
      purpose: 'shell',
      tty,
      stdin: true,
    });
    try {
      const {ownConsole} = await import('../engine/job.js');
      const end = await runJob(
        flow,
        {
          folder: flags.project,
          from: null,
          gpus: flags.gpus ?? null,
          base: flags.base ?? null,
          keep: flags.keep ?? null,
          name: flags.name ?? null,
          sync: flags.sync,
          ...wishes,
          work,
        },
        {console: ownConsole(true, tty, this.outputs()), signals},
      );
      if (end.outOfMemory !== null) this.say(jobEnded(end.outOfMemory));
      process.exitCode = end.exit;
      return {schema: 'gpudock/shell/1', ...end};
    } finally {
      progress.end();
    }
  }
}
