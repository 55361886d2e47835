import {GpudockCommand} from '../command.js';
import type {Images} from '../contract/images.js';
import {connect} from '../engine/connect.js';
import {ownImages} from '../engine/own-images.js';
import {table} from '../ui/table.js';
import {bytes} from '../ui/units.js';

export default class ImagesCommand extends GpudockCommand {
  static override summary = 'list the images that gpudock built: size, shared part, project';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];

  async run(): Promise<Images> {
    await this.parse(ImagesCommand);
    const engine = await connect(this.world);
    const images = await this.during('asks the engine for its images', ownImages(engine));
    if (!this.jsonEnabled()) {
      const rows = images.map(image => [
        image.tags[0] ?? image.id.slice(7, 19),
        mebibytes(image.sizeMiB),
        image.sharedMiB === null ? 'unknown' : mebibytes(image.sharedMiB),
        image.built.toISOString().slice(0, 16).replace('T', ' '),
        image.containers.join(', ') || '-',
        image.project ?? '-',
      ]);
      this.print(
        table([['IMAGE', 'SIZE', 'SHARED', 'BUILT (UTC)', 'CONTAINERS', 'PROJECT'], ...rows], this.look.columns),
      );
    }
    return {schema: 'gpudock/images/1', images: images.map(image => ({...image, built: image.built.toISOString()}))};
  }
}

const mebibytes = (size: number): string => bytes(size * 2 ** 20);
