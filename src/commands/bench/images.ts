import * as Args from '@oclif/core/args';
import {chosenWorkloads} from '../../bench/choice.js';
import {BenchCommand} from '../../bench-command.js';
import {sessionFlags} from '../../bench-flags.js';
import type {Bench} from '../../contract/bench.js';
import type {BenchPlan} from '../../contract/bench-documents.js';

export default class BenchImages extends BenchCommand {
  static override summary = 'measure two images against one another';
  static override strict = false;
  static override examples = [
    '<%= config.bin %> <%= command.id %> python:3.12-slim python:3.13-slim interpreter start',
  ];
  static override args = {
    first: Args.string({required: true, description: 'the image that stands in place of the host in the report'}),
    second: Args.string({required: true, description: 'the image compared with it; workloads may follow'}),
  };
  static override flags = sessionFlags;

  async run(): Promise<Bench | BenchPlan> {
    const {argv, flags} = await this.parse(BenchImages);
    const [first = '', second = '', ...names] = argv.map(String);
    const workloads = chosenWorkloads(names);
    return this.session(flags, {workloads, against: {kind: 'image', image: first}, image: second, project: null});
  }
}
