import {setTimeout as sleep} from 'node:timers/promises';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import {connect} from '../engine/connect.js';
import {Failure, isFailure} from '../failure.js';
import {type GpuUse, gpuUses} from '../flow/top.js';
import {interrupted, interruptSignal} from '../interrupt.js';
import {renderTop} from '../ui/top.js';

/** To the upper left corner, and nothing below. */
const CLEAR = '\u001b[H\u001b[J';

export default class TopCommand extends GpudockCommand {
  static override summary = 'show who holds which GPU: container, user, program, memory';
  static override description = 'At a terminal again and again, until Ctrl-C.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];
  static override flags = {
    interval: Flags.integer({description: 'seconds between two looks', default: 2, min: 1, max: 3600}),
    once: Flags.boolean({description: 'look once (the default without a terminal)'}),
  };

  async run(): Promise<unknown> {
    const {flags} = await this.parse(TopCommand);
    const engine = await connect(this.world).catch((error: unknown) => {
      if (!isFailure(error)) throw error;
      this.say(`${error.message}: containers are not told`);
      return null;
    });
    const look = async (): Promise<GpuUse[]> => {
      const gpus = await gpuUses(this.world, engine);
      if (gpus === null) throw noGpus();
      return gpus;
    };
    if (this.jsonEnabled() || flags.once || process.stdout.isTTY !== true) {
      const gpus = await look();
      if (!this.jsonEnabled()) this.print(renderTop(gpus, this.look.columns));
      return {schema: 'gpudock/top/1', gpus};
    }
    const signal = interruptSignal();
    for (;;) {
      const text = renderTop(await look(), this.look.columns);
      if (signal.aborted) throw interrupted('top');
      process.stdout.write(CLEAR);
      this.print(`${text}\nEvery ${flags.interval} s; Ctrl-C ends it.\n`);
      await sleep(flags.interval * 1000, null, {signal}).catch(() => {});
    }
  }
}

const noGpus = (): Failure =>
  new Failure({
    code: 'no_gpu_facts',
    message: 'nothing tells the GPUs of this machine',
    cause: 'nvidia-smi is not there, or does not answer',
    fix: 'gpudock doctor',
  });
