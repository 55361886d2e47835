import {Flags} from '@oclif/core';
import {GpudockCommand} from '../command.js';
import type {Host} from '../contract/host.js';
import {captureWorld} from '../host/capture.js';
import {recordCapture} from '../host/capture-recording.js';
import {probe} from '../host/probe.js';
import {renderHost} from '../ui/host.js';
import type {World} from '../world/world.js';

export default class HostCommand extends GpudockCommand {
  static override summary = 'show what this machine has: driver, GPUs, CUDA, engine, resources';
  static override description =
    'Reads every source there is (nvidia-smi, /proc, the PCI bus, the engine) and ends within five seconds. Needs no root and changes nothing.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
    '<%= config.bin %> <%= command.id %> --capture ./my-host',
    '<%= config.bin %> <%= command.id %> --from ./my-host',
  ];
  static override flags = {
    capture: Flags.string({
      helpValue: 'DIR',
      description: 'record all raw sources, without secrets and serial numbers',
    }),
    from: Flags.string({
      helpValue: 'DIR',
      description: 'read a capture instead of this machine',
      exclusive: ['capture'],
    }),
  };

  async run(): Promise<Host> {
    const {flags} = await this.parse(HostCommand);
    const probing = flags.capture
      ? record(this.world, flags.capture)
      : probe(flags.from ? captureWorld(flags.from) : this.world);
    const host = await this.during('looks at the machine', probing);
    if (!this.jsonEnabled()) this.print(`${renderHost(host, this.look.columns)}\n`);
    return host;
  }
}

/** With what set-up and the doctor want to know: a capture answers them too. */
async function record(world: World, folder: string): Promise<Host> {
  const {readSetupFacts} = await import('../setup/facts.js');
  return recordCapture(world, folder, readSetupFacts);
}
