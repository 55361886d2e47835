import * as Flags from '@oclif/core/flags';
import type {Run} from '../contract/containers.js';
import type {Launch} from '../contract/launch.js';
import {EXIT, Failure} from '../failure.js';
import {detachJob, planJob, runJob} from '../flow/job.js';
import {imageFlags, planFlags} from '../image-flags.js';
import {JobCommand} from '../job-command.js';
import {jobSignals} from '../job-signals.js';
import {job} from '../launch/work.js';
import {launchFlags, launchWishes, nameFlag, syncFlag} from '../launch-flags.js';
import {liveFlow} from '../live-flow.js';
import {jobEnded} from '../ui/job.js';
import {renderLaunch} from '../ui/launch.js';

export default class RunCommand extends JobCommand {
  static override summary = "run a command in a project's environment, with its exit code";
  static override strict = false;
  static override usage = 'run [FLAGS] [--] COMMAND...';
  static override examples = [
    '<%= config.bin %> <%= command.id %> python train.py --epochs 3',
    '<%= config.bin %> <%= command.id %> --gpus auto --detach -- python train.py',
    'cat lines.txt | <%= config.bin %> <%= command.id %> wc -l',
  ];
  static override flags = {
    ...imageFlags,
    ...launchFlags,
    project: Flags.string({char: 'C', description: 'the project folder', default: '.', helpValue: 'DIR'}),
    name: nameFlag,
    sync: syncFlag,
    detach: Flags.boolean({
      char: 'd',
      description: 'leave it running, and keep it when it has ended',
      exclusive: ['sync'],
    }),
    ...planFlags,
  };

  async run(): Promise<Run | Launch> {
    const {flags} = await this.parse(RunCommand);
    const command = this.program();
    if (command.length === 0) throw nothingToRun();
    const detach = flags.detach === true;
    const tty = this.ownTerminal() && !detach;
    const stdin = !detach;
    const signals = jobSignals();
    const progress = this.progress();
    const flow = liveFlow(this.world, progress, signals.signal);
    const request = {
      folder: flags.project,
      from: flags.from ?? null,
      gpus: flags.gpus ?? null,
      base: flags.base ?? null,
      keep: flags.keep ?? null,
      name: flags.name ?? null,
      sync: flags.sync,
      ...(await launchWishes(flags, this.world)),
      work: job(command, {tty, stdin, detach}),
    };
    try {
      if (flags['dry-run']) {
        const {schema, image, container, command, decisions, url, dockerfile} = await planJob(flow, request);
        const document = {schema, image, container, command, decisions, url, dockerfile};
        if (!this.jsonEnabled()) this.print(renderLaunch(document, this.look.columns));
        return document;
      }
      if (detach) {
        const {name, id} = await detachJob(flow, request);
        if (!this.jsonEnabled()) process.stdout.write(`${name}\n`);
        return {schema: 'gpudock/run/1', name, id, exit: null};
      }
      const {ownConsole} = await import('../engine/job.js');
      const console = ownConsole(stdin, tty, this.outputs());
      const end = await runJob(flow, request, {console, signals});
      progress.end();
      if (end.outOfMemory !== null) this.say(jobEnded(end.outOfMemory));
      process.exitCode = end.exit;
      return {schema: 'gpudock/run/1', ...end};
    } finally {
      progress.end();
    }
  }
}

const nothingToRun = (): Failure =>
  new Failure({
    code: 'no_command',
    message: 'there is nothing to run',
    cause: 'no command stands after the flags',
    fix: 'gpudock run python train.py, or gpudock shell',
    exit: EXIT.usage,
  });
