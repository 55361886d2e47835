import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../../command.js';
import type {MatrixShow} from '../../contract/matrix.js';
import {EXIT, Failure} from '../../failure.js';
import {loadMatrix} from '../../matrix/matrix.js';
import {table} from '../../ui/table.js';

export default class MatrixShowCommand extends GpudockCommand {
  static override summary = 'show the compatibility matrix: drivers, toolkits, GPUs, images';
  static override args = {
    part: Args.string({description: 'a word of the part to show, such as drivers, gpus, images'}),
  };
  static override flags = {html: Flags.boolean({description: 'as a page for a browser'})};
  static override examples = [
    '<%= config.bin %> <%= command.id %> gpus',
    '<%= config.bin %> <%= command.id %> --html > matrix.html',
  ];

  async run(): Promise<MatrixShow> {
    const {args, flags} = await this.parse(MatrixShowCommand);
    const {sections} = await import('../../matrix/page.js');
    const all = sections();
    const wanted = all.filter(({title}) =>
      title.toLowerCase().includes((args.part ?? '').toLowerCase().replace(/s$/, '')),
    );
    if (wanted.length === 0) {
      throw new Failure({
        code: 'matrix_part_unknown',
        message: `the matrix has no part "${args.part}"`,
        fix: `one of: ${all.map(({title}) => title).join(', ')}`,
        exit: EXIT.usage,
      });
    }
    const {date} = loadMatrix();
    if (!this.jsonEnabled()) {
      const {matrixPage} = await import('../../ui/html.js');
      const text = (): string =>
        wanted.map(part => `${part.title}\n${table([part.heading, ...part.rows], this.look.columns)}`).join('\n');
      if (flags.html) process.stdout.write(matrixPage(date, wanted));
      else this.print(text());
    }
    return {schema: 'gpudock/matrix/1', matrix: {date}, sections: wanted};
  }
}
