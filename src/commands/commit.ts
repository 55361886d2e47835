import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import {connect} from '../engine/connect.js';
import {type Committed, commit} from '../flow/commit.js';
import {interruptSignal} from '../interrupt.js';

export default class CommitCommand extends GpudockCommand {
  static override summary = 'make an image of a container as it stands';
  static override description = 'Says what gpudock.yaml would need in its place.';
  static override examples = ['<%= config.bin %> <%= command.id %> gpudock-thesis thesis:tried'];
  static override args = {
    name: Args.string({description: 'name, id or project folder', required: true}),
    image: Args.string({description: 'name of the image (NAME:committed)'}),
  };
  static override flags = {'dry-run': Flags.boolean({description: 'say what it would be, and make nothing'})};

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(CommitCommand);
    const engine = await connect(this.world);
    const request = {which: args.name, as: args.image ?? null, dryRun: flags['dry-run']};
    const committed = await this.during('makes the image', commit(engine, request, interruptSignal()));
    this.#warn(committed);
    if (!this.jsonEnabled() && committed.id !== null) this.print(`${committed.image}\n`);
    return {schema: 'gpudock/commit/1', ...committed};
  }

  #warn({packages, project, container, id, image}: Committed): void {
    this.say(
      `Warning: ${id === null ? 'an' : 'this'} image of a container cannot be built again, and nobody sees how it came about.`,
    );
    if (packages === null)
      this.say(
        `What was installed since its build cannot be told: ${container} is not running, or not of gpudock's making.`,
      );
    else if (packages.length === 0) this.say('No package was installed since its build: other changes are files.');
    else {
      this.say(`In place of it, ${project}/gpudock.yaml could say:`);
      this.say(['packages:', ...packages.map(line => `  - ${line}`)].join('\n'));
    }
    if (id !== null) this.say(`Use it with: gpudock run --base ${image} …`);
  }
}
