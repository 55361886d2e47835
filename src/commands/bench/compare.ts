import {resolve} from 'node:path';
import * as Args from '@oclif/core/args';
import {compareSessions, type Estimated} from '../../bench/compare.js';
import {sideNames} from '../../bench/side-names.js';
import {GpudockCommand} from '../../command.js';
import {Bench} from '../../contract/bench.js';
import type {BenchCompare as Compared} from '../../contract/bench-documents.js';
import {EXIT, Failure} from '../../failure.js';
import {table} from '../../ui/table.js';

/** 64 MiB: every sample of a session of a day. */
const LARGEST = 64 * 1024 * 1024;

export default class BenchCompare extends GpudockCommand {
  static override summary = 'compare two sessions: machines, images, drivers, engines';
  static override examples = ['<%= config.bin %> <%= command.id %> before.json after.json'];
  static override args = {
    before: Args.string({required: true, description: 'what bench --json printed'}),
    after: Args.string({required: true, description: 'the same of another session'}),
  };

  async run(): Promise<Compared> {
    const {args} = await this.parse(BenchCompare);
    const [before, after] = await Promise.all([this.#read(args.before), this.#read(args.after)]);
    const comparison = compareSessions(before, after);
    if (!this.jsonEnabled()) this.print(rendered(comparison));
    return comparison;
  }

  async #read(path: string): Promise<Bench> {
    const file = await this.world.read(resolve(this.world.cwd, path), LARGEST);
    if (file.status !== 'ok') throw unreadable(path, `the file is ${file.status}`);
    try {
      const session = Bench.safeParse(JSON.parse(Buffer.from(file.value).toString('utf8')));
      if (session.success) return session.data;
      const [issue] = session.error.issues;
      throw unreadable(path, `${issue?.path.join('.')}: ${issue?.message}`);
    } catch (error) {
      throw error instanceof SyntaxError ? unreadable(path, 'it is no JSON') : error;
    }
  }
}

const unreadable = (path: string, cause: string): Failure =>
  new Failure({
    code: 'bench_file_invalid',
    message: `${path} is no session of gpudock bench`,
    cause,
    fix: 'gpudock bench --json > before.json',
    exit: EXIT.usage,
  });

function rendered({against, workloads, changed, usable, missing}: Compared): string {
  const {host, container} = sideNames({against});
  const [first, second] = [host.toUpperCase(), container.toUpperCase()];
  const words = (of: Estimated | null): string =>
    of === null ? 'too few figures' : `${of.ratio.toFixed(3)} [${of.interval.map(end => end.toFixed(3)).join(', ')}]`;
  const rows = workloads.map(({name, mode, unit, host, container, overhead}) => [
    `${name} (${mode})`,
    unit,
    words(host),
    words(container),
    `${overhead.before?.toFixed(3) ?? '–'} → ${overhead.after?.toFixed(3) ?? '–'}`,
  ]);
  return [
    table([['WORKLOAD', 'UNIT', `${first} after/before [95 %]`, second, `${second}/${first}`], ...rows]),
    ...(usable ? [] : ['! one of the sessions is not usable: these ratios prove nothing\n']),
    ...(missing.length === 0 ? [] : [`only in one of them: ${missing.join(', ')}\n`]),
    changed.length === 0
      ? 'Nothing else is known to differ.\n'
      : table([['CHANGED', 'BEFORE', 'AFTER'], ...changed.map(({fact, before, after}) => [fact, before, after])]),
  ].join('\n');
}
