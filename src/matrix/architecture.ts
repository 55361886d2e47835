import {matrixDocument} from './data.js';

/** A row of `compat-matrix/architectures.json`. */
export interface Architecture {
  cc: string;
  architecture: string;
  first_toolkit: string;
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
