import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import {connect} from '../engine/connect.js';
import {removeVolume} from '../engine/remove-volume.js';
import {ownVolumes} from '../engine/volumes.js';
import {table} from '../ui/table.js';
import {bytes} from '../ui/units.js';

export default class VolumesCommand extends GpudockCommand {
  static override summary = 'list the volumes that gpudock made for caches';
  static override description = '--remove cleans them up.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --remove --dry-run',
  ];
  static override flags = {
    remove: Flags.boolean({description: 'remove those that no container has; what is in them is downloaded again'}),
    'dry-run': Flags.boolean({description: 'say which ones, and remove nothing', dependsOn: ['remove']}),
  };

  async run(): Promise<unknown> {
    const {flags} = await this.parse(VolumesCommand);
    const engine = await connect(this.world);
    const volumes = await ownVolumes(engine);
    const removed = flags.remove ? volumes.filter(({containers}) => containers.length === 0) : [];
    for (const {name} of flags['dry-run'] ? [] : removed) await removeVolume(engine, name);
    if (!this.jsonEnabled() && !flags.remove) {
      const rows = volumes.map(({name, bytes: size, containers}) => [
        name,
        size === null ? '?' : bytes(size),
        containers.join(' ') || '-',
      ]);
      this.print(table([['NAME', 'SIZE', 'USED BY'], ...rows], this.look.columns));
    }
    for (const {name} of removed) this.say(`${flags['dry-run'] ? 'would remove' : 'removed'} ${name}`);
    for (const {name, containers} of flags.remove ? volumes : [])
      if (containers.length > 0) this.say(`kept ${name}: used by ${containers.join(', ')}`);
    return {schema: 'gpudock/volumes/1', volumes, removed: flags['dry-run'] ? [] : removed.map(({name}) => name)};
  }
}
