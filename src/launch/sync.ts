import {LABEL} from '../labels.js';
import {dockerCommand} from './command-line.js';
import type {LaunchPlan} from './plan.js';

/** A project that is copied, and whose folder it is. */
export interface CopiedProject {
  folder: string;
  /** The name of the machine that has the folder. */
  machine: string;
  detach: boolean;
}

/**
 * The same launch with the project in a volume, where its folder would be mounted. The volume has no name of its own, and
 * goes with the container.
 */
export function withCopiedProject(plan: LaunchPlan, {folder, machine, detach}: CopiedProject): LaunchPlan {
  const {Binds, Mounts, ...host} = plan.container.HostConfig;
  const volume = {
    Type: 'volume' as const,
    Target: '/workspace',
    VolumeOptions: {Labels: {[LABEL.project]: folder}},
  };
  const container = {
    ...plan.container,
    Labels: {...plan.container.Labels, [LABEL.copiedFrom]: machine},
    HostConfig: {...host, Binds: Binds.filter(bind => bind !== `${folder}:/workspace`), Mounts: [...Mounts, volume]},
  };
  return {
    ...plan,
    container,
    command: dockerCommand(plan.name, container, detach),
    decisions: plan.decisions.map(decision =>
      decision.setting === 'workspace'
        ? {...decision, why: 'the project, copied to /workspace, and what has changed back (--sync)'}
        : decision,
    ),
  };
}

/** The same launch with the model in the container itself, where it would be mounted. */
export function withCopiedModel(plan: LaunchPlan, {path, inside}: {path: string; inside: string}): LaunchPlan {
  const mount = `${path}:${inside}:ro`;
  const {HostConfig} = plan.container;
  const container = {
    ...plan.container,
    HostConfig: {...HostConfig, Binds: HostConfig.Binds.filter(bind => bind !== mount)},
  };
  return {
    ...plan,
    container,
    command: dockerCommand(plan.name, container, true),
    decisions: plan.decisions.map(decision =>
      decision.value === mount ? {setting: 'model', value: path, why: `copied to ${inside} (--sync)`} : decision,
    ),
  };
}
