import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Init} from '../contract/project.js';
import {interruptSignal, unlessInterrupted} from '../interrupt.js';
import {liveFlow} from '../live-flow.js';
import {initialize} from '../wizard/initialize.js';
import {KEYS} from '../wizard/question.js';

export default class InitCommand extends GpudockCommand {
  static override summary = 'set a project up: a few questions, then gpudock.yaml';
  static override description =
    'Asks on a terminal what no flag answers; Esc goes back, Ctrl-C leaves nothing behind. An existing gpudock.yaml keeps its comments and the keys that gpudock does not know. With TERM=dumb, as screen readers like it, questions are plain lines and answers are typed.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ~/thesis --yes --next launch',
    '<%= config.bin %> <%= command.id %> --yes --framework pytorch --packages "scikit-learn>=1.5 pandas" --dry-run',
  ];
  static override args = {dir: Args.string({description: 'the project folder', default: '.'})};
  static override flags = {
    framework: Flags.option({
      options: ['pytorch', 'tensorflow', 'jax', 'none'] as const,
      description: 'the framework',
    })(),
    base: Flags.string({description: 'auto, bootstrap, or an image', helpValue: 'IMAGE'}),
    python: Flags.string({description: 'auto, or a version', helpValue: '3.12'}),
    packages: Flags.string({description: 'more packages from PyPI, spaces between', helpValue: '"A B>=2"'}),
    gpus: Flags.string({
      description: 'all, none, auto, a count, or indexes and UUIDs (device=0 is one)',
      helpValue: '0,1',
    }),
    data: Flags.string({
      description: 'folders for /data, spaces between; PATH:ro for reading only',
      helpValue: '"PATH PATH:ro"',
    }),
    port: Flags.string({description: 'auto, or a port on this machine', helpValue: '8888'}),
    next: Flags.option({options: ['write', 'build', 'launch'] as const, description: 'what follows'})(),
    yes: Flags.boolean({char: 'y', description: 'ask nothing: flags, else the defaults'}),
    'dry-run': Flags.boolean({description: 'print gpudock.yaml and the plan, write nothing'}),
    from: Flags.string({
      description: 'with --dry-run: for a recorded machine',
      helpValue: 'DIR',
      dependsOn: ['dry-run'],
    }),
  };

  async run(): Promise<Init> {
    const {args, flags} = await this.parse(InitCommand);
    const progress = this.progress();
    const signal = interruptSignal();
    const flow = liveFlow(this.world, progress, signal);
    const given = Object.fromEntries(KEYS.flatMap(key => (flags[key] === undefined ? [] : [[key, flags[key]]])));
    const request = {folder: args.dir, from: flags.from ?? null, given, yes: flags.yes, dryRun: flags['dry-run']};
    try {
      const done = await unlessInterrupted('the set-up of the project', signal, initialize(flow, request, progress));
      if (!this.jsonEnabled() && done.url !== null) this.print(`${done.url}\n`);
      if (!this.jsonEnabled() && flags['dry-run']) process.stdout.write(done.text);
      return done;
    } finally {
      progress.end();
    }
  }
}
