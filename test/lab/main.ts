// npm run lab -- up | tidy | down | status
import {engineGetter} from '../../src/engine/get.js';
import {interruptSignal} from '../../src/interrupt.js';
import {liveWorld} from '../../src/world/live.js';
import {ensureLab, runningLab, stopLab} from './lab.js';
import {removeOrphans} from './orphans.js';

const world = liveWorld(engineGetter);
const say = (line: string): void => void process.stderr.write(`lab: ${line}\n`);
const show = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

async function main(what: string | undefined): Promise<number> {
  if (what === 'up') show(await ensureLab(world, {say, signal: interruptSignal()}));
  else if (what === 'tidy') say(`${await tidied()} images of tests are gone`);
  else if (what === 'down') say((await stopLab(world)) ? 'stopped' : 'it did not run');
  else if (what === 'status') show(await runningLab(world));
  else {
    say('usage: npm run lab -- up|tidy|down|status');
    return 2;
  }
  return 0;
}

async function tidied(): Promise<number> {
  const lab = await runningLab(world);
  return lab === null ? 0 : removeOrphans(world, lab);
}

process.exitCode = await main(process.argv[2]);
