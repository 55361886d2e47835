import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as z from 'zod';
import type {BuildPlan} from '../dockerfile/plan.js';
import type {Engine} from '../engine/connect.js';
import {knownFailure} from '../engine/known-failure.js';
import {outputOf} from '../engine/output.js';
import {removeImage} from '../engine/own-images.js';
import type {Project} from '../environment/project.js';
import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {packageRoot} from '../package-root.js';
import type {Flow} from './flow.js';

const Answer = z.object({
  imported: z.array(z.string()),
  refused: z.array(z.object({module: z.string(), error: z.string()})),
});

const TWO_MINUTES = 120_000;

/** A build sees no GPU, and no driver: what asks for one at its import is not refuted by that. */
const NEEDS_GPU = /libcuda\.so|libnvidia-ml|(?:CUDA|NVIDIA) driver|no (?:NVIDIA|CUDA)/i;

/**
 * Imports in the image what the project's own requirements bring. An image in which one of them cannot be imported is
 * taken away again. Throws `import_fails`.
 */
export async function checkImports(
  engine: Engine,
  plan: BuildPlan,
  {requirements}: Pick<Project, 'requirements'>,
  {signal, note, status}: Pick<Flow, 'signal' | 'note' | 'status'>,
): Promise<void> {
  const names = [...new Set(requirements.map(({name}) => name))];
  if (names.length === 0) return;
  status('importing what the image has …');
  const program = readFileSync(join(packageRoot(), 'templates', 'imports.py'), 'utf8');
  const text = await outputOf(engine, plan.tag, ['python', '-c', program, ...names], {timeout: TWO_MINUTES, signal});
  if (signal.aborted) throw interrupted('the look into the image');
  const answer = text === null ? null : read(text);
  if (answer === null) return note('whether its packages can be imported could not be found out');
  const [refused] = answer.refused.filter(({error}) => !NEEDS_GPU.test(error));
  for (const {module} of answer.refused.filter(({error}) => NEEDS_GPU.test(error)))
    note(`${module} asks for a GPU when it is imported: not tried here`);
  if (refused === undefined) return;
  await removeImage(engine, {id: plan.tag, tags: [plan.tag]});
  const known = await knownFailure([refused.error]);
  throw new Failure({
    code: 'import_fails',
    message: `${refused.module} cannot be imported in the image`,
    cause: refused.error,
    // What a program that cannot find a module is told does not fit packages that an installer chose.
    fix:
      (/^ModuleNotFoundError/.test(refused.error) ? null : known?.fix) ??
      'add the library that it misses to apt: in gpudock.yaml, or pin a version that fits the others; then the same command again',
    details: [refused.error],
  });
}

function read(text: string): z.infer<typeof Answer> | null {
  try {
    return Answer.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
