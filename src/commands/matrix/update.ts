import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../../command.js';
import type {MatrixUpdate} from '../../contract/matrix.js';
import {EXIT} from '../../failure.js';
import {interrupted, interruptSignal} from '../../interrupt.js';
import {loadMatrix} from '../../matrix/matrix.js';
import {overlayFile, readOverlay} from '../../matrix/overlay.js';
import {printable} from '../../ui/printable.js';

export default class MatrixUpdateCommand extends GpudockCommand {
  static override summary = 'look for new tags in the registries, and keep what they say';
  static override description =
    'What contradicts itself, or says what cannot be, is held back and shown. The shipped rows stay as they are.';
  static override strict = false;
  static override args = {repository: Args.string({description: 'repositories of the matrix; by default all'})};
  static override flags = {
    limit: Flags.integer({description: 'new images to read of each repository, newest first', default: 10, min: 1}),
    'dry-run': Flags.boolean({description: 'show what would be added and write nothing'}),
  };
  static override examples = ['<%= config.bin %> <%= command.id %> pytorch/pytorch --dry-run'];

  async run(): Promise<MatrixUpdate> {
    const {argv, flags} = await this.parse(MatrixUpdateCommand);
    const signal = interruptSignal();
    const {updateMatrix, writeOverlay} = await import('../../flow/matrix-update.js');
    const overlay = await readOverlay(this.world);
    const matrix = loadMatrix(overlay);
    const update = updateMatrix(this.world, {matrix, wanted: argv.map(String), limit: flags.limit, signal});
    const found = await this.during('asks the registries', update);
    if (signal.aborted) throw interrupted('the update');
    const written = !flags['dry-run'] && found.added.length > 0;
    if (written) await writeOverlay(this.world, overlay, found.added);
    if (found.asked === 0) process.exitCode = EXIT.failed;
    const {held, unasked, left} = found;
    const added = found.added.map(row => ({...row}));
    const file = overlayFile(this.world.env);
    if (!this.jsonEnabled()) this.print(printed({added, held, unasked, left}, written ? file : null));
    return {schema: 'gpudock/matrix-update/1', file, written, added, held, unasked, left};
  }
}

function printed(
  {added, held, unasked, left}: Pick<MatrixUpdate, 'added' | 'held' | 'unasked' | 'left'>,
  file: string | null,
): string {
  const lines = [
    ...added.map(row => `+ ${row.repo}:${row.tag}${row.cuda ? ` (CUDA ${row.cuda})` : ''}`),
    ...held.map(({image, reason}) => `held back: ${image}: ${reason}`),
    ...unasked.map(({repository, reason}) => `not asked: ${repository}: ${reason}`),
    `${added.length} new, ${held.length} held back, ${left} not looked at${file === null ? '' : `; written to ${file}`}`,
  ];
  return lines.map(line => `${printable(line)}\n`).join('');
}
