import type {Decision} from '../contract/launch.js';
import {beforeStep} from '../dockerfile/before.js';
import {type BuildPlan, planBuild} from '../dockerfile/plan.js';
import {bootstrapBase} from '../engine/bootstrap.js';
import {type BuildOptions, build} from '../engine/build.js';
import type {BuildEvent} from '../engine/build-progress.js';
import {findBuilder} from '../engine/builder.js';
import type {Engine} from '../engine/connect.js';
import {blamedLine} from '../environment/blame.js';
import {Failure, isFailure} from '../failure.js';
import {LABEL} from '../labels.js';
import {BasePulls} from './base-pulls.js';
import {usableAccess} from './build-access.js';
import {chooseBases} from './choose.js';
import type {Flow} from './flow.js';
import {checkImports} from './image-check.js';
import {namedBaseId} from './named-base.js';
import {questionOf} from './question.js';
import type {Situation} from './situation.js';

/** The image that a project runs in. */
export interface ReadyImage {
  tag: string;
  /** Whether it was built just now. */
  built: boolean;
  decisions: Decision[];
  dockerfile: string | null;
}

/** Builds the image, trying the plans in order; only a package index that does not answer leads to the next plan. */
export async function buildFirstThatWorks(engine: Engine, situation: Situation, options: Flow): Promise<ReadyImage> {
  for (const line of situation.project.notes) options.note(line);
  const choices = await chooseBases(options, situation, engine);
  const question = {...questionOf(situation), baseId: await namedBaseId(engine, situation.project)};
  const plans = choices.map(choice => planBuild({...question, ...choice}));
  const {plan} = await firstThatWorks(engine, plans, situation, options, null);
  return {tag: plan.tag, built: true, decisions: plan.decisions, dockerfile: plan.dockerfile};
}

/** Carries out the first plan whose package index answers. `output`: a folder for the result; null: it is an image. */
export async function firstThatWorks(
  engine: Engine,
  plans: readonly BuildPlan[],
  situation: Situation,
  options: Flow,
  output: string | null,
): Promise<{plan: BuildPlan; position: number}> {
  const {world, signal, note} = options;
  let failed: string | null = null;
  const bases = new BasePulls();
  const onEvent = (event: BuildEvent): void => {
    if (event.type === 'failed') failed ??= event.step;
    bases.follow(event);
    options.onEvent(event);
  };
  const builder = await findBuilder(world, engine);
  await usableAccess(world, engine, situation, plans);
  const {network, access} = situation;
  const given = {builder, network, access, signal, onEvent};
  for (const [position, plan] of plans.entries()) {
    if (plan.base.kind === 'bootstrap') await bootstrap(engine, plan, options);
    try {
      await build(engine, plan, {...given, output});
      await bases.remember(world);
      if (output === null && access.platforms.length === 0)
        await checkImports(engine, plan, situation.project, options);
      return {plan, position};
    } catch (error) {
      const next = plans[position + 1];
      if (!isFailure(error)) throw error;
      if (next === undefined || error.code !== 'index_unreachable') {
        if (failed !== null && access.keepFailed) await keepBefore(engine, plan, failed, given, note);
        throw withBlame(error, situation.project);
      }
      note(
        `the package index does not answer: trying ${next.decisions.find(({setting}) => setting === 'packages')?.value}`,
      );
    }
  }
  throw new Error('there is always a plan');
}

/** The state before a step as an image of its own, which is never taken for the project's. */
async function keepBefore(
  engine: Engine,
  plan: BuildPlan,
  step: string,
  given: Omit<BuildOptions, 'output'>,
  note: Flow['note'],
): Promise<void> {
  const dockerfile = beforeStep(plan.dockerfile, step);
  if (dockerfile === null) return;
  const tag = plan.tag.replace(/:[^:]*$/, ':failed');
  // Not left out: of a stage that Podman has built before it would inherit the project's own.
  const labels = {...plan.labels, [LABEL.inputs]: 'failed'};
  await build(engine, {...plan, dockerfile, tag, labels}, {...given, output: null});
  note(`the state before that step: ${engine.kind} run --rm -it --user 0 --entrypoint '' ${tag} sh`);
}

/** Names the line of the input that led to the failed step. */
function withBlame(error: Failure, project: Situation['project']): Failure {
  const line = blamedLine(error.details, project);
  if (line === null || error.code !== 'build_failed') return error;
  const {code, message, reason, exit, details} = error;
  const conda = project.kind === 'conda' && /^environment\.ya?ml$/.test(line.from);
  const other = conda ? `, or write it as conda-forge::${line.text} if PyPI has no package of that name` : '';
  const fix = `correct ${line.from} (${line.text})${other}; then run the same command again`;
  return new Failure({code, message, cause: reason, fix, exit, details}, {cause: error});
}

async function bootstrap(engine: Engine, plan: BuildPlan, {world, signal, note}: Flow): Promise<void> {
  const suite = plan.base.image.split(':')[1] ?? '';
  await bootstrapBase(world, engine, {suite, say: note, signal});
}
