import type {BuildPlan} from '../dockerfile/plan.js';
import {bootstrapBase} from '../engine/bootstrap.js';
import {build} from '../engine/build.js';
import {findBuildx} from '../engine/buildx.js';
import type {Engine} from '../engine/connect.js';
import {isFailure} from '../failure.js';
import {chooseBuilds} from './choose.js';
import type {Flow, ReadyImage} from './image.js';
import type {Situation} from './situation.js';

/** Builds the image, trying the plans in order; only a package index that does not answer leads to the next plan. */
export async function buildFirstThatWorks(engine: Engine, situation: Situation, options: Flow): Promise<ReadyImage> {
  const {world, signal, note, onEvent} = options;
  const buildx = await findBuildx(world);
  const plans = await chooseBuilds(situation, engine, note);
  for (const [position, plan] of plans.entries()) {
    if (plan.base.kind === 'bootstrap') await bootstrap(engine, plan, options);
    try {
      await build(engine, plan, {buildx, network: situation.network, signal, onEvent});
      return {tag: plan.tag, built: true, decisions: plan.decisions, dockerfile: plan.dockerfile};
    } catch (error) {
      const next = plans[position + 1];
      if (next === undefined || !isFailure(error) || error.code !== 'index_unreachable') throw error;
      note(
        `the package index does not answer: trying ${next.decisions.find(({setting}) => setting === 'packages')?.value}`,
      );
    }
  }
  throw new Error('there is always a plan');
}

async function bootstrap(engine: Engine, plan: BuildPlan, {world, signal, note}: Flow): Promise<void> {
  const suite = plan.base.image.split(':')[1] ?? '';
  await bootstrapBase(world, engine, {suite, say: note, signal});
}
