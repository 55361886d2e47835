import {createHash} from 'node:crypto';
import type {BuildQuestion} from './question.js';

/** Raised when the same question gives another Dockerfile: what an older renderer built is then not used again. */
export const RENDERER = 13;

type Inputs = Pick<
  BuildQuestion,
  | 'project'
  | 'baseId'
  | 'gpu'
  | 'templates'
  | 'gpuNames'
  | 'target'
  | 'source'
  | 'locked'
  | 'platforms'
  | 'buildArgs'
  | 'application'
>;

/** What the project itself puts in, whatever base is chosen: an image with the same inputs need not be built again. */
export const projectInputs = ({
  project,
  baseId,
  gpu,
  templates,
  gpuNames,
  target,
  source,
  locked,
  platforms,
  buildArgs,
  application,
}: Inputs): string => {
  const {name, dir, files, requirements, python, apt} = project;
  // These are of the launch alone, and mirrors of the machine.
  const {port: _port, data: _data, mirrors: _mirrors, ...settings} = project.settings;
  const stated = locked ?? {settings, files, requirements, python, apt, gpu};
  const compiledFor = gpu ? [...new Set(gpuNames)].sort() : [];
  const own = [
    target ?? 'notebook',
    baseId ?? null,
    source?.digest ?? null,
    platforms ?? [],
    buildArgs ?? [],
    target === 'serve' ? application : null,
  ];
  return digest([JSON.stringify([name, dir, stated, compiledFor, own, RENDERER, templates])]);
};

/** The first twelve digits of a SHA-256. */
export const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12);
