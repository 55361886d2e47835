import {projectInputs} from '../dockerfile/inputs.js';
import {type BuildPlan, planBuild} from '../dockerfile/plan.js';
import {connect, type Engine} from '../engine/connect.js';
import {endpoints, isRemote} from '../engine/endpoint.js';
import {imagesWithLabel, type Labelled} from '../engine/labelled-image.js';
import {isFailure} from '../failure.js';
import {unlessInterrupted} from '../interrupt.js';
import {LABEL} from '../labels.js';
import type {ReadyImage} from './build-image.js';
import {cpuInstead} from './cpu.js';
import type {Flow} from './flow.js';
import {namedBaseId} from './named-base.js';
import {questionOf} from './question.js';
import {lookedAt, readSituation, type Situation, type SituationQuestion} from './situation.js';

/** The build that would be tried first. Builds, pulls and starts nothing; works without an engine. */
export async function planImage(
  flow: Pick<Flow, 'world' | 'signal' | 'note'>,
  request: SituationQuestion,
): Promise<BuildPlan> {
  const [situation, engine] = await unlessInterrupted(
    'the plan',
    flow.signal,
    Promise.all([readSituation(flow.world, request), engineIfAny(flow, request)]),
  );
  for (const line of situation.project.notes) flow.note(line);
  return firstBuild(flow, situation, engine);
}

/** The image of a project, built if there is none from the same inputs. */
export async function ensureImage(flow: Flow, request: SituationQuestion): Promise<ReadyImage> {
  const [situation, engine] = await unlessInterrupted(
    'the build',
    flow.signal,
    Promise.all([readSituation(flow.world, request), connect(flow.world)]),
  );
  // A cache is exported by a build alone: one whose steps are all there takes no time.
  const built = request.access?.cacheTo.length ? null : await builtImage(engine, situation);
  return built ?? (await buildImage(engine, situation, flow));
}

/** Builds the image. What a build needs is loaded now: most launches find theirs built. */
export async function buildImage(engine: Engine, situation: Situation, flow: Flow): Promise<ReadyImage> {
  const {buildFirstThatWorks} = await import('./build-image.js');
  return buildFirstThatWorks(engine, situation, flow);
}

/** What a plan rests on: the image, as built before or as it would be built. Works without an engine. */
export async function plannedImage(
  flow: Flow,
  request: SituationQuestion,
): Promise<{situation: Situation; engine: Engine | null; image: ReadyImage}> {
  const [situation, engine] = await unlessInterrupted(
    'the plan',
    flow.signal,
    Promise.all([lookedAt(flow, request), engineIfAny(flow, request)]),
  );
  // A plan is refused where its launch would be.
  cpuInstead(situation);
  const built = engine === null ? null : await builtImage(engine, situation);
  if (built !== null) return {situation, engine, image: built};
  const {tag, decisions, dockerfile} = await firstBuild(flow, situation, engine);
  return {situation, engine, image: {tag, built: false, decisions, dockerfile}};
}

/** A plan can be made without an engine of this machine; a recorded machine has none to ask. Throws where it is another's. */
export async function engineIfAny(
  {world, note}: Pick<Flow, 'world' | 'note'>,
  {from}: Pick<SituationQuestion, 'from'>,
): Promise<Engine | null> {
  if (from !== null) return null;
  try {
    return await connect(world);
  } catch (error) {
    if (!isFailure(error) || (await mayBeElsewhere(world))) throw error;
    note(`${error.message}: the plan is made without asking it`);
    return null;
  }
}

/** What is known of this machine says nothing of one that cannot be asked. */
async function mayBeElsewhere(world: Flow['world']): Promise<boolean> {
  try {
    return (await endpoints(world)).some(isRemote);
  } catch {
    return true;
  }
}

export async function firstBuild(
  flow: Pick<Flow, 'world' | 'note'>,
  situation: Situation,
  engine: Engine | null,
): Promise<BuildPlan> {
  const {chooseBases} = await import('./choose.js');
  const [choice] = await chooseBases(flow, situation, engine);
  if (choice === undefined) throw new Error('there is always a build');
  const baseId = engine === null ? null : await namedBaseId(engine, situation.project);
  return planBuild({...questionOf(situation), ...choice, baseId});
}

/** All images that were built. The engine may be asked before it is known which one is wanted. */
export const builtImages = (engine: Engine): Promise<Labelled[]> => imagesWithLabel(engine, LABEL.inputs);

/** The image that was built from the same inputs before; null when there is none. */
export async function builtImage(
  engine: Engine,
  situation: Situation,
  images?: readonly Labelled[],
): Promise<ReadyImage | null> {
  const [baseId, candidates] = await Promise.all([
    namedBaseId(engine, situation.project),
    images ?? builtImages(engine),
  ]);
  const inputs = projectInputs({...questionOf(situation), baseId});
  const image = candidates.find(({labels}) => labels[LABEL.inputs] === inputs);
  if (image === undefined) return null;
  const base = image.labels[LABEL.base] ?? 'unknown';
  const decisions = [{setting: 'image', value: image.tag, why: `built before from the same files, on ${base}`}];
  return {tag: image.tag, built: false, decisions, dockerfile: null};
}
