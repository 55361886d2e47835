import {matrixDocument} from './data.js';
import {compareVersions, majorOf} from './dotted.js';

/** A row of `compat-matrix/architectures.json`. */
export interface Architecture {
  cc: string;
  architecture: string;
  first_toolkit: string;
  /** The first toolkit whose libraries work on it, where code of an earlier one runs. */
  libraries_from?: string;
  last_toolkit: string | null;
  /** A Linux driver number, or a bare branch. */
  first_driver: string | null;
  last_branch: number | null;
  /** An integrated Jetson GPU: its driver is part of the board support package. */
  tegra?: boolean;
  source: string;
}

/** What the matrix knows of a compute capability (`8.6`); null when it is not listed. */
export function architectureOf(computeCapability: string | null): Architecture | null {
  const {rows} = matrixDocument<{rows: Architecture[]}>('architectures');
  return rows.find(row => row.cc === computeCapability) ?? null;
}

export const capabilities = (): readonly Architecture[] => matrixDocument<{rows: Architecture[]}>('architectures').rows;

/**
 * The first toolkit that serves a capability: the first whose libraries are known to work on it, else the first whose code
 * runs on it, that of its own or of a lower minor of its major; of a Jetson its own alone. Null for one that is not listed.
 */
export function firstToolkitFor(computeCapability: string): string | null {
  const own = architectureOf(computeCapability);
  if (own === null) return null;
  if (own.libraries_from !== undefined) return own.libraries_from;
  const related = own.tegra
    ? [own]
    : capabilities().filter(
        ({cc, tegra}) =>
          !tegra && majorOf(cc) === majorOf(own.cc) && (compareVersions(cc, computeCapability) ?? 1) <= 0,
      );
  return related
    .map(({first_toolkit}) => first_toolkit)
    .reduce((first, toolkit) => ((compareVersions(toolkit, first) ?? 0) < 0 ? toolkit : first));
}
