import {GpudockCommand} from '../command.js';
import {Failure} from '../failure.js';

export default class HostCommand extends GpudockCommand {
  static override summary = 'show what this machine has: driver, GPUs, CUDA, engine, resources';

  async run(): Promise<void> {
    await this.parse(HostCommand);
    throw new Failure({code: 'not_here_yet', message: 'x', cause: 'y', fix: 'z'});
  }
}
