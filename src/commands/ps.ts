import {GpudockCommand} from '../command.js';
import {connect} from '../engine/connect.js';
import {listContainers} from '../engine/containers.js';
import {table} from '../ui/table.js';

export default class PsCommand extends GpudockCommand {
  static override summary = 'list what gpudock started';

  async run(): Promise<unknown> {
    await this.parse(PsCommand);
    const containers = await listContainers(await connect(this.world));
    if (!this.jsonEnabled()) {
      const rows = containers.map(({name, purpose, status, port, project}) => [
        name,
        purpose,
        status,
        port === null ? '-' : String(port),
        project,
      ]);
      process.stdout.write(table([['NAME', 'PURPOSE', 'STATUS', 'PORT', 'PROJECT'], ...rows]));
    }
    return {schema: 'gpudock/ps/1', containers};
  }
}
