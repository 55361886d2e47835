import type {Setup, SetupStepDocument} from '../contract/setup.js';
import {written} from '../diagnosis/diagnosis.js';
import type {GroupOutcome} from './carry-out.js';
import type {SetupPlan} from './plan.js';
import type {GroupId, SetupStep} from './step.js';

/** A plan as public JSON, with what became of it. */
export function setupDocument(
  {release, groups, notes}: SetupPlan,
  outcomes: ReadonlyMap<GroupId, GroupOutcome> = new Map(),
): Setup {
  return {
    schema: 'gpudock/setup/1',
    distribution: release && {id: release.id, name: release.name, version: release.version, family: release.family},
    groups: groups.map(({id, title, state, why, steps}) => ({
      id,
      title,
      state,
      why,
      steps: steps.map(stepDocument),
      outcome: outcomes.get(id) ?? null,
    })),
    notes: [...notes],
  };
}

function stepDocument({does, action}: SetupStep): SetupStepDocument {
  if (action.kind === 'run') {
    const {command, changes, undo} = action;
    return {does, command: written([command]), file: null, changes: [...changes], undo: undo && written([undo])};
  }
  const file = {
    path: action.path,
    content: action.kind === 'fetch' ? null : action.text,
    url: action.kind === 'fetch' ? action.url : null,
  };
  return {does, command: null, file, changes: [action.path], undo: 'gpudock setup --undo'};
}
