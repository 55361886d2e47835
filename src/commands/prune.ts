import {resolve} from 'node:path';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../command.js';
import type {Prune} from '../contract/images.js';
import {connect} from '../engine/connect.js';
import {ownImages, removeImage} from '../engine/own-images.js';
import {freedMiB, planPrune} from '../flow/prune.js';
import {quote} from '../launch/command-line.js';
import {bytes} from '../ui/units.js';

export default class PruneCommand extends GpudockCommand {
  static override summary = 'show old images that gpudock built; remove them with --yes';
  static override examples = ['<%= config.bin %> <%= command.id %> --dry-run'];
  static override args = {dir: Args.string({description: 'only images of this project folder'})};
  static override flags = {
    keep: Flags.integer({description: 'how many of each project stay, the newest ones', default: 1, min: 0}),
    yes: Flags.boolean({char: 'y', description: 'remove them', default: false, exclusive: ['dry-run']}),
    'dry-run': Flags.boolean({description: 'say which ones, and remove nothing (the default)'}),
  };

  async run(): Promise<Prune> {
    const {args, flags} = await this.parse(PruneCommand);
    const engine = await connect(this.world);
    const project = args.dir === undefined ? null : resolve(args.dir);
    const {remove, kept} = planPrune(await ownImages(engine), {keep: flags.keep, project});
    const inUse: {image: string; why: string}[] = [];
    for (const image of flags.yes ? remove : []) {
      const outcome = await this.during(`removes ${shown(nameOf(image))}`, removeImage(engine, image));
      if (!outcome.removed) inUse.push({image: nameOf(image), why: outcome.why});
    }
    const gone = remove.filter(image => !inUse.some(other => other.image === nameOf(image)));
    for (const image of gone) this.say(`${flags.yes ? 'removed' : 'would remove'} ${shown(nameOf(image))}`);
    const keeping = [...kept.map(({image, why}) => ({image: nameOf(image), why})), ...inUse];
    for (const {image, why} of keeping) this.say(`kept ${shown(image)}: ${why}`);
    if (gone.length + keeping.length === 0)
      this.say(project === null ? 'there is no image that gpudock built' : `no image was built for ${project}`);
    const freed = bytes(freedMiB(gone) * 2 ** 20);
    const asked = [
      ...(args.dir === undefined ? [] : [args.dir]),
      ...(flags.keep === 1 ? [] : ['--keep', `${flags.keep}`]),
    ];
    const command = ['gpudock', 'prune', ...asked, '--yes'].map(quote).join(' ');
    if (gone.length > 0) this.say(flags.yes ? `${freed} freed` : `${freed} to free with: ${command}`);
    return {
      schema: 'gpudock/prune/1',
      removed: flags.yes,
      images: gone.map(nameOf),
      freedMiB: freedMiB(gone),
      kept: keeping,
    };
  }
}

/** An image without a name, as `gpudock images` shows it. */
const shown = (name: string): string => name.replace(/^sha256:([0-9a-f]{12}).*$/, '$1');

const nameOf = ({id, tags}: {id: string; tags: string[]}): string => tags[0] ?? id;
