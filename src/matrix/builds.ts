import {matrixDocument} from './data.js';
import type {CompiledCode, KnownFailure} from './image-facts.js';

/** One build of a framework: a version, the toolkit it was made with, and what it was compiled for. */
export interface Build {
  id: string;
  framework: string;
  version: string;
  cuda: string;
  /** Major of the cuDNN that it brings along; absent: not known. */
  cudnn?: string;
  code: CompiledCode;
}

interface BuildRow extends Omit<Build, 'code'> {
  sass: string;
  sass_arm64?: string;
  ptx: string | null;
  ptx_refused_from?: string;
  ptx_refused_below?: string;
  ptx_unproven_from?: string;
  ptx_only_from?: string;
  fails?: KnownFailure;
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

const compiled = ({
  framework,
  version,
  sass,
  sass_arm64,
  ptx,
  ptx_refused_from,
  ptx_refused_below,
  ptx_unproven_from,
  ptx_only_from,
  fails,
  inferred = false,
  source,
}: BuildRow): CompiledCode => ({
  program: `${framework} ${version}`,
  sass: words(sass),
  sassArm64: sass_arm64 === undefined ? null : words(sass_arm64),
  ptx: ptx === null ? null : words(ptx),
  ptxRefusedFrom: ptx_refused_from ?? null,
  ptxRefusedBelow: ptx_refused_below ?? null,
  ptxUnprovenFrom: ptx_unproven_from ?? null,
  ptxOnlyFrom: ptx_only_from ?? null,
  fails: fails ?? null,
  inferred,
  source,
});
