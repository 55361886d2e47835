import {join} from 'node:path';
import type {Container} from 'dockerode';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {type Comparison, compared} from './pairs.js';

interface PsBench {
  /** Makes containers of gpudock's until there are so many of these; none of them starts. */
  grow(count: number): Promise<void>;
  end(): Promise<void>;
}

const MANY = 200;

/** An engine cannot have many and one at once: the runs with one come first. No row where no engine answers. */
export async function psRow(pairs: number, ps: () => Promise<number>): Promise<Comparison[]> {
  const bench = await psBench();
  if (bench === null) return [];
  const row = {name: `\`gpudock ps\`, ${MANY} containers`, against: 'the same, one container', target: 1.5};
  process.stderr.write(`${row.name} …\n`);
  const times = async (): Promise<number[]> => {
    await ps();
    const all: number[] = [];
    while (all.length < pairs) all.push(await ps());
    return all;
  };
  try {
    await bench.grow(1);
    const one = await times();
    await bench.grow(MANY);
    const many = await times();
    const ratios = many.map((time, at) => time / (one[at] ?? Number.NaN));
    return [compared(row, ratios)];
  } finally {
    await bench.end();
  }
}

/** Made and removed side by side, as many as an engine works on at once. */
const AT_ONCE = 8;

/** Null when no engine answers or it has no image of gpudock's. */
async function psBench(): Promise<PsBench | null> {
  const engine = await connect(liveWorld(engineGetter)).catch(() => null);
  const [image] = (await engine?.docker.listImages({filters: {reference: ['gpudock/*']}})) ?? [];
  if (engine === null || image === undefined) return null;
  const made: Container[] = [];
  const Labels = {'gpudock.project': join(process.cwd(), 'bench'), 'gpudock.purpose': 'job'};
  return {
    async grow(count) {
      while (made.length < count) {
        const more = Array.from({length: Math.min(AT_ONCE, count - made.length)}, () =>
          engine.docker.createContainer({Image: image.Id, Cmd: ['true'], Labels}),
        );
        made.push(...(await Promise.all(more)));
      }
    },
    async end() {
      while (made.length > 0) await Promise.all(made.splice(0, AT_ONCE).map(each => each.remove({force: true})));
    },
  };
}
