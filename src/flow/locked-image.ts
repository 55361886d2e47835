import {projectInputs} from '../dockerfile/inputs.js';
import {type BuildPlan, planBuild} from '../dockerfile/plan.js';
import type {BuildQuestion} from '../dockerfile/question.js';
import {connect, type Engine} from '../engine/connect.js';
import {availability} from '../engine/images.js';
import {imagesWithLabel} from '../engine/labelled-image.js';
import {goneFrom} from '../environment/gone.js';
import {changedInputs, LOCK_FILE, type Lock} from '../environment/lock.js';
import type {Project} from '../environment/project.js';
import {Failure, isFailure} from '../failure.js';
import {unlessInterrupted} from '../interrupt.js';
import {LABEL} from '../labels.js';
import type {ReadyImage} from './build-image.js';
import {firstThatWorks} from './build-image.js';
import {REGISTRY_TIMEOUT} from './choose.js';
import type {Flow} from './flow.js';
import {lockedBase} from './lock.js';
import {namedBaseId} from './named-base.js';
import {questionOf} from './question.js';
import {readSituation, type Situation, type SituationQuestion} from './situation.js';

/** The image that a lock describes, built if there is none. Throws `lock_stale`, `locked_gone`. */
export async function ensureLockedImage(flow: Flow, request: SituationQuestion, lock: Lock): Promise<ReadyImage> {
  const [situation, engine] = await unlessInterrupted(
    'the build',
    flow.signal,
    Promise.all([readSituation(flow.world, {...request, target: lock.target}), connect(flow.world)]),
  );
  checkLock(lock, situation.project);
  const baseId = lock.base.image.digest === null ? await namedBaseId(engine, situation.project) : null;
  const question = {...lockedQuestion(situation, lock), baseId};
  const plan = planBuild(question);
  const label = `${LABEL.inputs}=${projectInputs(question)}`;
  const [built] = request.access?.cacheTo.length ? [] : await imagesWithLabel(engine, label);
  if (built !== undefined) return {tag: built.tag, built: false, decisions: plan.decisions, dockerfile: null};
  await checkImages(engine, lock);
  for (const line of situation.project.notes) flow.note(line);
  try {
    await firstThatWorks(engine, [plan], situation, flow, null);
  } catch (error) {
    throw isFailure(error) ? gone(error) : error;
  }
  return {tag: plan.tag, built: true, decisions: plan.decisions, dockerfile: plan.dockerfile};
}

/** The plan of that image. Asks no engine. */
export async function planLockedImage(
  flow: Pick<Flow, 'world'>,
  request: SituationQuestion,
  lock: Lock,
): Promise<BuildPlan> {
  const situation = await readSituation(flow.world, {...request, target: lock.target});
  checkLock(lock, situation.project);
  return planBuild(lockedQuestion(situation, lock));
}

/** The build of exactly what a lock names, on whatever machine. */
export const lockedQuestion = (situation: Situation, locked: Lock): BuildQuestion => ({
  ...questionOf(situation),
  base: lockedBase(locked),
  packages: locked.packages,
  gpu: locked.base.gpu,
  architectures: locked.profile.architectures,
  gpuNames: [],
  target: locked.target,
  locked,
});

/** Throws `lock_stale` when the project asks for something else than what was locked. */
export function checkLock(lock: Lock, project: Project): void {
  const changed = changedInputs(lock, project);
  if (changed.length === 0) return;
  throw new Failure({
    code: 'lock_stale',
    message: `${LOCK_FILE} is not that of the project as it is now`,
    cause: `changed since it was written: ${changed.join(', ')}`,
    fix: 'gpudock lock',
  });
}

async function checkImages(engine: Engine, {base, conda}: Lock): Promise<void> {
  for (const {reference, digest} of [base.image, base.builder, ...(conda === undefined ? [] : [conda.micromamba])]) {
    if (digest === null) continue;
    const answer = await availability(engine, `${reference}@${digest}`, REGISTRY_TIMEOUT);
    if (!('detail' in answer)) continue;
    throw new Failure({
      code: answer.status === 'missing' ? 'locked_gone' : 'base_unavailable',
      message: `an image that ${LOCK_FILE} pins cannot be had: ${reference}@${digest}`,
      cause: answer.detail,
      fix:
        answer.status === 'missing'
          ? 'gpudock upgrade'
          : 'see whether the registry can be reached, and whether you are logged in',
    });
  }
}

/** Names what can no longer be had, where the tools' output does. */
function gone(error: Failure): Failure {
  const packages = goneFrom(error.details);
  if (packages.length === 0) return error;
  return new Failure(
    {
      code: 'locked_gone',
      message: `what ${LOCK_FILE} pins can no longer be had: ${packages.join(', ')}`,
      cause: 'the index or the mirror has no such version any more, or another file under its name',
      fix: 'gpudock upgrade',
      details: error.details,
    },
    {cause: error},
  );
}
