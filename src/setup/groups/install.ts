import {basename} from 'node:path';
import {asRoot, type Step} from '../../diagnosis/diagnosis.js';
import type {Bundle} from '../bundle.js';
import type {SetupFacts} from '../facts.js';
import {ASKED, type Choice, indexStep, installFilesStep, installStep, isToolkitFile} from '../packages.js';
import type {Family} from '../release.js';
import type {Repository} from '../repositories.js';
import {type Proof, run, type SetupStep} from '../step.js';

/** Adds the repository, reads the indexes, installs. */
export function install({host}: SetupFacts, family: Family, choice: Choice, proof: Proof): SetupStep[] {
  const index = indexStep(family);
  return [
    ...(choice.repository === null ? [] : addRepository(choice.repository)),
    ...(index === null ? [] : [run('reads the package indexes again', asRoot(host, ...index))]),
    run(
      `installs ${choice.packages.join(', ')}, and what they depend on`,
      asRoot(host, ...installStep(family, choice.packages)),
      {proof},
    ),
  ];
}

const addRepository = ({vendor, files}: Repository): SetupStep[] =>
  files.map(file =>
    'text' in file
      ? {does: `adds ${vendor}'s package repository`, action: {kind: 'write', ...file}, proof: null}
      : {does: `fetches ${file.url}`, action: {kind: 'fetch', ...file}, proof: null},
  );

/**
 * Installs what lies in the folder or bundle that was asked for: the toolkit's files, or all others. What they depend on is
 * left as it is where it is installed: a bundle must make no package older.
 */
export function installFiles(facts: SetupFacts, family: Family, toolkit: boolean, proof: Proof): SetupStep[] {
  const files = (facts.files ?? []).filter(file => isToolkitFile(file) === toolkit && !isThere(facts, file));
  if (files.length === 0) return [];
  const command = asRoot(facts.host, ...installFilesStep(family, files));
  const steps = [run(`installs ${files.length} package files, without the network`, command, {proof})];
  return facts.bundle === null ? steps : unpacked(facts.bundle, steps);
}

function isThere({installed}: SetupFacts, file: string): boolean {
  const name = packageOf(basename(file));
  return installed?.has(name) === true && !ASKED.includes(name);
}

/** NAME_VERSION_ARCH.deb (dpkg-name(1)), NAME-VERSION-RELEASE.ARCH.rpm. */
const packageOf = (file: string): string =>
  file.endsWith('.rpm') ? file.replace(/-[^-]+-[^-]+$/, '') : (file.split('_')[0] ?? '');

function unpacked({file, folder}: Bundle, steps: readonly SetupStep[]): SetupStep[] {
  return [
    run(`makes a folder for what is in ${file}`, ['mkdir', '--parents', '--mode=700', folder]),
    run(`unpacks ${file}`, ['tar', '--extract', '--no-same-owner', '--file', file, '--directory', folder]),
    ...steps,
    run('removes what was unpacked', removal({folder})[0]),
  ];
}

/** What is left of a bundle where a step failed. */
export const removal = ({folder}: Pick<Bundle, 'folder'>): [Step] => [['rm', '--recursive', '--force', folder]];
