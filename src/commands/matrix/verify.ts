import {GpudockCommand} from '../../command.js';
import {EXIT} from '../../failure.js';
import type {Problem} from '../../matrix/verify.js';
import {printable} from '../../ui/printable.js';

interface Verified {
  schema: 'gpudock/matrix-verify/1';
  files: number;
  rows: number;
  problems: readonly Problem[];
}

export default class MatrixVerifyCommand extends GpudockCommand {
  static override summary = 'check the data of the matrix: every file against its schema, the rows against one another';

  async run(): Promise<Verified> {
    await this.parse(MatrixVerifyCommand);
    const {verifyMatrix} = await import('../../matrix/verify.js');
    const {files, rows, problems} = verifyMatrix();
    if (problems.length > 0) process.exitCode = EXIT.failed;
    if (!this.jsonEnabled()) {
      for (const {file, row, problem} of problems) {
        process.stdout.write(printable(`${file}: ${row === null ? '' : `${row}: `}${problem}\n`));
      }
      process.stdout.write(`${files} files, ${rows} rows, ${problems.length} problems\n`);
    }
    return {schema: 'gpudock/matrix-verify/1', files, rows, problems};
  }
}
