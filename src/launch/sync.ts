import {LABEL} from '../labels.js';
import type {LaunchPlan} from './plan.js';

/** A volume for one container alone. */
export const syncVolume = (container: string): string => `${container}-project`;

/** The same launch with the project in a volume, where its folder would be mounted. */
export function withCopiedProject(plan: LaunchPlan, folder: string): LaunchPlan {
  const {Binds, Mounts, ...host} = plan.container.HostConfig;
  const volume = {
    Type: 'volume' as const,
    Source: syncVolume(plan.name),
    Target: '/workspace',
    VolumeOptions: {Labels: {[LABEL.project]: folder}},
  };
  const HostConfig = {
    ...host,
    Binds: Binds.filter(bind => bind !== `${folder}:/workspace`),
    Mounts: [...Mounts, volume],
  };
  return {
    ...plan,
    container: {...plan.container, HostConfig},
    decisions: plan.decisions.map(decision =>
      decision.setting === 'workspace'
        ? {...decision, why: 'the project, copied to /workspace, and what has changed back (--sync)'}
        : decision,
    ),
  };
}
