import {resolve} from 'node:path';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {ownWorkload, WORKLOADS} from '../bench/catalogue.js';
import {chosenWorkloads} from '../bench/choice.js';
import {checkMetric} from '../bench/reading.js';
import type {Mode, Workload} from '../bench/workload.js';
import {BenchCommand} from '../bench-command.js';
import {sessionFlags} from '../bench-flags.js';
import type {Bench as Session} from '../contract/bench.js';
import type {BenchList, BenchPlan} from '../contract/bench-documents.js';
import {EXIT, Failure} from '../failure.js';
import {table} from '../ui/table.js';

const MODES: Readonly<Record<string, readonly Mode[]>> = {
  'same-bits': ['same-bits'],
  'as-shipped': ['as-shipped'],
  both: ['same-bits', 'as-shipped'],
};

export default class Bench extends BenchCommand {
  static override summary = 'measure the container against the host: interval and verdict';
  static override description =
    'same-bits runs the files of the image on both sides; as-shipped the Python of the host against the image. A workload is equivalent when its whole 95 % interval lies within the margin. Exits with 1 when your own program gave no figure. Nothing else should run meanwhile: trials that others disturb are marked.';
  static override strict = false;
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> gemm-numpy small-layer --time 10m --html report.html',
    "<%= config.bin %> <%= command.id %> --metric 'TPS: ([0-9.]+)' --unit TPS -- ./run.sh",
  ];
  static override args = {
    workload: Args.string({description: 'names from --list, or all; with --metric: the program and its arguments'}),
  };
  static override flags = {
    ...sessionFlags,
    list: Flags.boolean({description: 'list the workloads'}),
    mode: Flags.option({
      description: 'what is compared',
      options: ['same-bits', 'as-shipped', 'both'] as const,
      default: 'same-bits',
    })(),
    venv: Flags.string({
      description:
        'same-bits with this virtual environment on both sides, at its own path, in place of the files of the image',
      helpValue: 'DIR',
      exclusive: ['mode'],
    }),
    image: Flags.string({description: 'image of the container (default: one of gpudock with numpy)'}),
    project: Flags.string({
      description: 'take the image of this project folder',
      helpValue: 'DIR',
      exclusive: ['image'],
    }),
    metric: Flags.string({
      description: 'pattern with one group: the figure in what your program prints',
      helpValue: 'PATTERN',
    }),
    unit: Flags.string({description: 'unit of your metric', dependsOn: ['metric']}),
    margin: Flags.string({
      description: 'for your metric: the difference that does not matter, in percent',
      default: '3',
      helpValue: 'PERCENT',
    }),
    'lower-is-better': Flags.boolean({description: 'your metric is a time', dependsOn: ['metric']}),
  };

  async run(): Promise<Session | BenchPlan | BenchList> {
    const {argv, flags} = await this.parse(Bench);
    if (flags.list) return this.#list();
    const {metric, unit, margin, mode, venv, image, project} = flags;
    const words = argv.map(String);
    const workloads =
      metric === undefined
        ? chosenWorkloads(words)
        : [own(words, {metric, unit: unit ?? 'units', margin, better: flags['lower-is-better'] ? 'lower' : 'higher'})];
    const document = await this.session(flags, {
      workloads,
      against: {
        kind: 'host',
        modes: MODES[mode] ?? [],
        venv: venv === undefined ? null : resolve(this.world.cwd, venv),
      },
      image: image ?? null,
      project: project ?? null,
    });
    if (metric !== undefined && 'control' in document && document.workloads.every(({trials}) => trials.length === 0))
      process.exitCode ||= EXIT.failed;
    return document;
  }

  #list(): BenchList {
    const rows = WORKLOADS.map(({name, unit, needs, summary}) => [name, unit, needs.join(', ') || '–', summary]);
    if (!this.jsonEnabled()) this.print(table([['WORKLOAD', 'UNIT', 'NEEDS', 'WHAT'], ...rows], this.look.columns));
    const workloads = WORKLOADS.map(({name, unit, summary, needs}) => ({name, unit, summary, needs}));
    return {schema: 'gpudock/bench-list/1', workloads};
  }
}

function own(
  argv: readonly string[],
  {metric, unit, margin, better}: {metric: string; unit: string; margin: string; better: Workload['better']},
): Workload {
  const share = Number(margin) / 100;
  checkMetric(metric);
  if (argv.length > 0 && share > 0 && share < 1) return ownWorkload(argv, metric, unit, share, better);
  throw new Failure({
    code: argv.length > 0 ? 'margin_invalid' : 'program_missing',
    message: argv.length > 0 ? `--margin ${margin.slice(0, 40)} is no percentage` : '--metric needs a program to run',
    fix: "gpudock bench --metric 'TPS: ([0-9.]+)' --margin 3 -- ./run.sh",
    exit: EXIT.usage,
  });
}
