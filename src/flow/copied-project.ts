import type {Engine} from '../engine/connect.js';
import type {Listed} from '../engine/containers.js';
import {thisMachine} from '../engine/this-machine.js';
import {Failure} from '../failure.js';

/**
 * Brings back what has changed in a container's copy of its project, with a line that says so. Nothing where the project was
 * mounted. Throws `project_elsewhere`, `project_not_back`.
 */
export async function bringProjectBack(
  engine: Engine,
  container: Pick<Listed, 'id' | 'name' | 'project' | 'copiedFrom'>,
  note: (line: string) => void,
): Promise<void> {
  const {id, name, project: folder, copiedFrom} = container;
  if (copiedFrom === null) return;
  if (copiedFrom !== thisMachine()) throw elsewhere(container, copiedFrom);
  const {bringBack} = await import('../engine/project-back.js');
  const beside = await bringBack({container: engine.docker.getContainer(id), name, folder});
  note(`what has changed in ${name} is back in ${folder}`);
  for (const path of beside) note(`changed here too, so that it lies beside yours: ${path}`);
}

const elsewhere = ({name, project}: Pick<Listed, 'name' | 'project'>, machine: string): Failure =>
  new Failure({
    code: 'project_elsewhere',
    message: `${name} has a copy of ${project} of the machine ${machine}`,
    cause: 'what has changed in it is brought back only to that folder',
    fix: `gpudock stop ${name} on ${machine}; to have it here: gpudock cp ${name}:/workspace DIR`,
  });
