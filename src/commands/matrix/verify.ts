import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {GpudockCommand} from '../../command.js';
import type {MatrixVerify} from '../../contract/matrix.js';
import {EXIT} from '../../failure.js';
import {interrupted, interruptSignal} from '../../interrupt.js';
import {openMatrix} from '../../matrix/matrix.js';
import {printable} from '../../ui/printable.js';

export default class MatrixVerifyCommand extends GpudockCommand {
  static override summary = 'check the matrix: files, rows, tags against the registries';
  static override strict = false;
  static override args = {repository: Args.string({description: 'repositories of the matrix; by default all'})};
  static override flags = {
    offline: Flags.boolean({description: 'check the data alone, ask no registry'}),
    configs: Flags.boolean({
      description: 'also read the config of every image, until the registry allows no more',
      exclusive: ['offline'],
    }),
  };
  static override examples = ['<%= config.bin %> <%= command.id %> pytorch/pytorch --configs'];

  async run(): Promise<MatrixVerify> {
    const {argv, flags} = await this.parse(MatrixVerifyCommand);
    const signal = interruptSignal();
    const {verifyMatrix} = await import('../../matrix/verify.js');
    const {files, rows, problems} = verifyMatrix();
    const told = flags.offline
      ? {problems: [], unasked: []}
      : await this.asked(argv.map(String), flags.configs, signal);
    if (signal.aborted) throw interrupted('the check of the matrix');
    const all = [...problems, ...told.problems];
    if (all.length > 0) process.exitCode = EXIT.failed;
    const verified: MatrixVerify = {
      schema: 'gpudock/matrix-verify/1',
      files,
      rows,
      problems: all,
      unasked: told.unasked,
    };
    if (!this.jsonEnabled()) this.print(printed(verified));
    return verified;
  }

  private async asked(
    wanted: readonly string[],
    configs: boolean,
    signal: AbortSignal,
  ): Promise<Pick<MatrixVerify, 'problems' | 'unasked'>> {
    const {verifyRegistries} = await import('../../flow/matrix-update.js');
    const matrix = await openMatrix(this.world);
    const verified = verifyRegistries(this.world, {matrix, wanted, configs, signal});
    const told = await this.during('asks the registries', verified);
    const problems = told.problems.map(({image, problem}) => ({file: 'registry', row: image, problem}));
    return {problems, unasked: told.unasked};
  }
}

function printed({files, rows, problems, unasked}: MatrixVerify): string {
  const lines = [
    ...problems.map(({file, row, problem}) => `${file}: ${row === null ? '' : `${row}: `}${problem}`),
    ...unasked.map(({repository, reason}) => `not asked: ${repository}: ${reason}`),
    `${files} files, ${rows} rows, ${problems.length} problems`,
  ];
  return lines.map(line => `${printable(line)}\n`).join('');
}
