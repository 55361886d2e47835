/** Labels that mark what is gpudock's own, so that only that is ever listed or cleaned up. */
export const LABEL = {
  project: 'gpudock.project',
  inputs: 'gpudock.inputs',
  base: 'gpudock.base',
  packages: 'gpudock.packages',
  purpose: 'gpudock.purpose',
  /** Which GPUs a container was given: UUIDs (or indexes), joined by commas. */
  gpus: 'gpudock.gpus',
  /** On containers that have a copy of the project: the name of the machine that has its folder. */
  copiedFrom: 'gpudock.copied-from',
  /** On volumes: what is kept in it. */
  cache: 'gpudock.cache',
} as const;
