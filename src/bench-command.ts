import {randomInt} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {timeOf} from './bench-flags.js';
import {GpudockCommand} from './command.js';
import type {Bench} from './contract/bench.js';
import type {BenchPlan} from './contract/bench-documents.js';
import {EXIT} from './failure.js';
import type {BenchRequest} from './flow/bench.js';
import {liveFlow} from './live-flow.js';
import {table} from './ui/table.js';

interface SessionFlags {
  time: string;
  seed?: number | undefined;
  gpus: string;
  html?: string | undefined;
  markdown: boolean;
  'dry-run': boolean;
}

/** What `bench` and the commands under it share: one session, and what is shown of it. */
export abstract class BenchCommand extends GpudockCommand {
  protected async session(
    flags: SessionFlags,
    asked: Pick<BenchRequest, 'workloads' | 'against' | 'image' | 'project'>,
  ): Promise<Bench | BenchPlan> {
    const request = {
      ...asked,
      folder: this.world.cwd,
      gpus: flags.gpus,
      time: timeOf(flags.time),
      seed: flags.seed ?? randomInt(2 ** 31),
    };
    if (flags['dry-run']) return this.#plan(request);
    const progress = this.progress();
    const {runBench} = await import('./flow/bench.js');
    try {
      const bench = await runBench({...liveFlow(this.world, progress), status: line => progress.status(line)}, request);
      progress.end();
      if (bench.interrupted) process.exitCode = EXIT.interrupted;
      await this.#show(bench, flags);
      return bench;
    } finally {
      progress.end();
    }
  }

  async #show(bench: Bench, {html, markdown}: SessionFlags): Promise<void> {
    if (html !== undefined) {
      const {benchHtml} = await import('./bench/report/html.js');
      await writeFile(resolve(this.world.cwd, html), benchHtml(bench));
    }
    if (this.jsonEnabled()) return;
    const {benchLines, benchMarkdown, benchRows} = await import('./bench/report/text.js');
    if (markdown) process.stdout.write(benchMarkdown(bench));
    else
      this.print(
        `${table(benchRows(bench), this.look.columns)}\n${table(
          benchLines(bench).map(line => [line]),
          this.look.columns,
        )}`,
      );
    if (bench.interrupted) this.say('Stopped: the rows say what the samples so far allow.');
  }

  #plan({workloads, against, image, project, time, seed}: BenchRequest): BenchPlan {
    const modes = against.kind === 'host' ? against.modes : (['as-shipped'] as const);
    const plan: BenchPlan = {
      schema: 'gpudock/bench-plan/1',
      image: image ?? (project === null ? 'gpudock’s own, with numpy' : `the image of ${project}`),
      against,
      time,
      seed,
      workloads: modes.flatMap(mode =>
        workloads.map(({name, summary, unit, margin}) => ({
          name,
          mode,
          margin: 'relative' in margin ? `${margin.relative * 100} %` : `${margin.absolute} ${unit}`,
          summary,
        })),
      ),
    };
    if (!this.jsonEnabled()) {
      const rows = plan.workloads.map(({name, mode, margin, summary}) => [name, mode, margin, summary]);
      this.print(table([['WORKLOAD', 'MODE', 'MARGIN', 'WHAT'], ...rows], this.look.columns));
    }
    return plan;
  }
}
