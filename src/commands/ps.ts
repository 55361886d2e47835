import {GpudockCommand} from '../command.js';
import type {Ps} from '../contract/containers.js';
import {connect} from '../engine/connect.js';
import {listContainers} from '../engine/containers.js';
import {troublesOf} from '../engine/troubles.js';
import {table} from '../ui/table.js';
import {troubleLine} from '../ui/trouble.js';

export default class PsCommand extends GpudockCommand {
  static override summary = 'list what gpudock started, and what is wrong with it';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];

  async run(): Promise<Ps> {
    await this.parse(PsCommand);
    const engine = await connect(this.world);
    const listed = await listContainers(engine);
    const troubles = await troublesOf(engine, listed);
    const containers = listed.map(container => ({
      ...container,
      created: container.created.toISOString(),
      trouble: troubles.get(container.id) ?? null,
    }));
    if (!this.jsonEnabled()) {
      const rows = containers.map(({name, purpose, status, port, gpus, project}) => [
        name,
        purpose,
        status,
        port === null ? '-' : String(port),
        gpus.length === 0 ? '-' : String(gpus.length),
        project,
      ]);
      this.print(table([['NAME', 'PURPOSE', 'STATUS', 'PORT', 'GPUS', 'PROJECT'], ...rows], this.look.columns));
      for (const {name, trouble} of containers) if (trouble !== null) this.say(troubleLine(name, trouble));
    }
    return {schema: 'gpudock/ps/1', containers};
  }
}
