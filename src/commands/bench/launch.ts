import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {chosenWorkloads} from '../../bench/choice.js';
import {BenchCommand} from '../../bench-command.js';
import {sessionFlags} from '../../bench-flags.js';
import type {Bench} from '../../contract/bench.js';
import type {BenchPlan} from '../../contract/bench-documents.js';

const DEFAULTS = ['interpreter', 'start', 'loader-4', 'http'];

export default class BenchLaunch extends BenchCommand {
  static override summary = 'measure what gpudock launches with against plain docker';
  static override strict = false;
  static override examples = ['<%= config.bin %> <%= command.id %> start --image python:3.12-slim'];
  static override args = {workload: Args.string({description: `names of workloads (${DEFAULTS.join(', ')})`})};
  static override flags = {
    ...sessionFlags,
    image: Flags.string({description: 'the image (default: one of gpudock with numpy)'}),
  };

  async run(): Promise<Bench | BenchPlan> {
    const {argv, flags} = await this.parse(BenchLaunch);
    const workloads = chosenWorkloads(argv.length === 0 ? DEFAULTS : argv.map(String));
    return this.session(flags, {workloads, against: {kind: 'plain'}, image: flags.image ?? null, project: null});
  }
}
