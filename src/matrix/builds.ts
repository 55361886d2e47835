import {matrixDocument} from './data.js';
import type {CompiledCode} from './image-facts.js';

/** One build of a framework: a version, the toolkit it was made with, and what it was compiled for. */
export interface Build {
  id: string;
  framework: string;
  version: string;
  cuda: string;
  code: CompiledCode;
}

interface BuildRow extends Omit<Build, 'code'> {
  sass: string;
  ptx: string | null;
  inferred?: boolean;
  source: string;
}

export const words = (text: string): string[] => text.split(' ').filter(word => word !== '');

let read: Map<string, Build> | undefined;

/** All builds of the matrix, by id. */
export function builds(): ReadonlyMap<string, Build> {
  read ??= new Map(
    matrixDocument<{rows: BuildRow[]}>('framework-builds').rows.map(row => [row.id, {...row, code: compiled(row)}]),
  );
  return read;
}

const compiled = ({sass, ptx, inferred = false, source}: BuildRow): CompiledCode => ({
  sass: words(sass),
  ptx: ptx === null ? null : words(ptx),
  inferred,
  source,
});
