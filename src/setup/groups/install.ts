import {asRoot} from '../../diagnosis/diagnosis.js';
import type {SetupFacts} from '../facts.js';
import {type Choice, indexStep, installFilesStep, installStep, isToolkitFile} from '../packages.js';
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

/** Installs what lies in the folder that was asked for: the toolkit's files, or all others. */
export function installFiles(facts: SetupFacts, family: Family, toolkit: boolean, proof: Proof): SetupStep[] {
  const files = (facts.files ?? []).filter(file => isToolkitFile(file) === toolkit);
  if (files.length === 0) return [];
  const command = asRoot(facts.host, ...installFilesStep(family, files));
  return [run(`installs ${files.length} package files, without the network`, command, {proof})];
}
