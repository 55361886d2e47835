import type {BuildQuestion} from '../dockerfile/question.js';
import type {Situation} from './situation.js';

/** What a situation says of a build, whatever the base. */
export function questionOf({
  project,
  gpus,
  host,
  templates,
  access,
  target,
  source,
  application,
  network,
}: Situation): Omit<BuildQuestion, 'base' | 'packages'> {
  const granted = host.gpus ?? [];
  return {
    project,
    gpu: gpus > 0,
    templates,
    architectures: granted.flatMap(({computeCapability}) => computeCapability ?? []),
    gpuNames: granted.map(({name}) => name ?? 'unknown'),
    secrets: access.secrets.map(({id}) => id),
    aptMirror: network.aptMirror !== null,
    pytorchMirror: network.pytorchMirror !== null,
    condaMirror: network.condaMirror !== null,
    cuda: host.driver.cudaVersion ?? host.driver.cudaVersionDerived,
    buildArgs: access.buildArgs,
    platforms: access.platforms,
    target,
    source,
    application,
  };
}
