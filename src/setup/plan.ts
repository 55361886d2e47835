import {driverAbsent} from '../diagnosis/checks/driver-absent.js';
import {hasGpu} from '../diagnosis/diagnosis.js';
import {NO_EVIDENCE} from '../diagnosis/evidence.js';
import type {SetupFacts, SetupRequest} from './facts.js';
import {accessGroup} from './groups/access.js';
import {dataRootGroup} from './groups/data-root.js';
import {engineGroup} from './groups/engine.js';
import {gpuGroup} from './groups/gpu.js';
import {mirrorsGroup} from './groups/mirrors.js';
import {toolkitGroup} from './groups/toolkit.js';
import type {Release} from './release.js';
import type {Group} from './step.js';

/** What would be done to a machine, in order; pure data. */
export interface SetupPlan {
  release: Release | null;
  groups: readonly Group[];
  /** What setup leaves to the user, a line each. */
  notes: readonly string[];
}

/** Decides by facts alone. */
export function planSetup(facts: SetupFacts, request: SetupRequest): SetupPlan {
  const wanted = [
    engineGroup(facts),
    accessGroup(facts, request.rootless),
    toolkitGroup(facts),
    gpuGroup(facts),
    mirrorsGroup(facts, request.mirrors),
    dataRootGroup(facts, request.dataRoot),
  ].filter(group => group !== null);
  const groups = facts.host.engine.kind === null ? withoutEngine(wanted) : wanted;
  return {release: facts.release, groups, notes: notes(facts, request, groups)};
}

/** Where there is no engine and none can be had, nothing that needs one is tried. */
function withoutEngine(groups: readonly Group[]): Group[] {
  const engine = groups.find(({id}) => id === 'engine');
  if (engine?.state !== 'blocked' && engine?.state !== 'unknown') return [...groups];
  return groups.map(group => {
    if (group.state !== 'needed' || !group.after.includes('engine')) return group;
    return {
      ...group,
      state: engine.state,
      why: 'it needs an engine first',
      steps: [],
      after: [],
      restart: [],
      restarted: null,
      cleanup: [],
    };
  });
}

function notes(facts: SetupFacts, {rootless}: SetupRequest, groups: readonly Group[]): string[] {
  const needs = (id: Group['id']): boolean => groups.some(group => group.id === id && group.state === 'needed');
  return [
    ...driverNote(facts),
    ...(needs('access') && !rootless ? ['Log out and in again: groups count from then on.'] : []),
    ...(needs('data-root')
      ? ['The old folder of images is not removed: do that once the new one has proved good.']
      : []),
  ];
}

/** The driver is never installed: it ties a machine to a kernel, a desktop and Secure Boot keys. */
function driverNote({host}: SetupFacts): string[] {
  if (!hasGpu(host) || host.driver.status === 'ok' || host.driver.status === 'unknown') return [];
  if (host.os.wsl) return ['The NVIDIA driver is installed on Windows; none belongs into WSL2.'];
  const [finding] = driverAbsent(host, NO_EVIDENCE);
  if (finding) return [`${finding.cause}. Setup leaves it to you: ${finding.fix}`];
  return ['The NVIDIA driver does not answer: gpudock doctor says why.'];
}
