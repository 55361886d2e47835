// Whether `gpudock bench` finds what is known to be there: a planted slowdown, and effects known from the literature.
// On a machine with nothing else to do, in the lab: some ten minutes. Exits with 1 where a claim does not hold.
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {median} from '../src/bench/statistics/center.js';
import {Bench, type BenchWorkload} from '../src/contract/bench.js';
import {labFile} from '../test/lab/place.js';

const SEED = '13';
const {host} = JSON.parse(readFileSync(labFile(process.env), 'utf8')) as {host: string};

/** A session; its progress goes to stderr. */
function bench(...args: string[]): Bench {
  const line = ['bin/run.js', 'bench', '--json', '--seed', SEED, ...args];
  const env = {...process.env, DOCKER_HOST: host};
  const {status, stdout} = spawnSync(process.execPath, line, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`gpudock bench: exit ${status}\n${stdout.slice(0, 2_000)}`);
  return Bench.parse(JSON.parse(stdout));
}

const IMAGE = 'python:3.12-slim';

/** The lab's registry holds it; a benchmark pulls nothing itself. */
function pull(): void {
  const {status} = spawnSync('docker', ['pull', '--quiet', IMAGE], {
    env: {...process.env, DOCKER_HOST: host},
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`docker pull ${IMAGE}: exit ${status}`);
}

const planted = (percent: number): Bench =>
  bench(
    ...['--image', IMAGE, '--metric', 'ms: ([0-9.]+)', '--unit', 'ms', '--lower-is-better', '--margin', '1'],
    ...['--', 'python3', 'scripts/bench/planted.py', String(percent)],
  );

function claim(what: string, holds: boolean): void {
  process.stdout.write(`${holds ? '✓' : '✗'} ${what}\n`);
  if (!holds) process.exitCode = 1;
}

const found = ({workloads}: Bench, name: string): BenchWorkload => {
  const workload = workloads.find(workload => workload.name === name);
  if (workload === undefined) throw new Error(`there is no ${name} in the session`);
  return workload;
};

const ratioOf = ({ratio, interval}: Pick<BenchWorkload, 'ratio' | 'interval'>): string =>
  `${ratio?.toFixed(3) ?? '–'} | ${interval?.map(bound => bound.toFixed(3)).join('–') ?? '–'}`;

function rows({workloads, control, usable}: Bench, label: (workload: BenchWorkload) => string): string {
  const lines = workloads.map(workload => {
    const medians = [workload.host, workload.container].map(figures => median(figures).toFixed(2));
    return `| ${[label(workload), ...medians, ratioOf(workload), workload.verdict, workload.host.length].join(' | ')} |`;
  });
  const session =
    control && `A/A control ${control.ratio.toFixed(3)} (${control.interval.map(b => b.toFixed(3)).join('–')})`;
  return `${lines.join('\n')}\n${session ?? 'no control'}; ${usable ? 'usable' : 'NOT usable'}\n`;
}

const HEAD = '| | host | container | ratio | 95 % interval | verdict | pairs |\n|---|---|---|---|---|---|---|\n';

pull();
for (const [percent, right] of [
  [3, 'slower'],
  [0, 'equivalent'],
] as const) {
  const session = planted(percent);
  process.stdout.write(`\n${HEAD}${rows(session, () => `planted ${percent} %, ms`)}`);
  claim(`a planted ${percent} % is called ${right}`, session.usable && found(session, 'own').verdict === right);
}
const effects = bench('small-volume', 'small-layer', 'import-warm', 'import-source', 'http', '--time', '5m');
process.stdout.write(`\n${HEAD}${rows(effects, ({name, unit}) => `${name}, ${unit}`)}`);
const [volume, layer] = [found(effects, 'small-volume'), found(effects, 'small-layer')];
const [http, warm, source] = [found(effects, 'http'), found(effects, 'import-warm'), found(effects, 'import-source')];
claim('the session is usable', effects.usable);
claim(
  'small writes: the image layer is slower than a volume',
  (layer.interval?.[0] ?? 0) > (volume.interval?.[1] ?? 9),
);
claim('a published port is slower than the host’s network', http.verdict === 'slower');
claim('an import without bytecode is slower', Math.min(...source.container) > median(warm.container));
