import type {Host} from '../contract/host.js';
import type {Match, RuleOutcome, Verdict} from '../contract/verdict.js';
import {lowestDriver, majorFloor} from '../matrix/cuda-release.js';
import {atLeast} from '../matrix/dotted.js';
import {cudaOfDriver} from '../matrix/driver-branch.js';
import type {ImageFacts} from '../matrix/image-facts.js';
import {judge} from './judge.js';
import {bestOf, byNewness, type Judged} from './merit.js';
import type {Question} from './situation.js';

/**
 * Of one framework's images the newest that does not run here but would after one change: a newer driver, or the fix of
 * the one rule that fails. A newer driver is tried, not assumed: the image is judged again with it.
 */
export function unlockOf(host: Host, judged: readonly Judged[], question: Question): Match['unlock'] {
  const [best] = bestOf(
    judged.filter(({verdict}) => verdict.verdict === 'runs'),
    1,
  );
  const blocked = judged
    .filter(({image, verdict}) => isBlocked(verdict) && (!best || byNewness(image, best.image) < 0))
    .sort((a, b) => byNewness(a.image, b.image));
  for (const {image, verdict} of blocked) {
    const needs = neededBy(host, image, verdict.rules, question);
    if (needs) return [{image: image.reference, needs}];
  }
  return [];
}

/** It fails, or it hangs on the driver whether it runs. */
const isBlocked = ({verdict, rules}: Verdict): boolean =>
  verdict === 'fails' || rules.some(({id, outcome}) => id === 'driver-floor' && outcome === 'unknown');

function neededBy(host: Host, image: ImageFacts, rules: readonly RuleOutcome[], question: Question): string | null {
  const failing = rules.filter(rule => rule.outcome === 'fail');
  const [only] = failing;
  if (only && new Set(failing.map(rule => rule.id)).size === 1 && only.id === 'engine-gpu-access') {
    return only.fix ?? null;
  }
  const driver = host.driver.version === null ? null : driverThatRuns(host, image, question);
  return driver === null ? null : `driver >= ${driver}`;
}

/** The lowest driver that the matrix names for the image's CUDA and with which the image runs on this host. */
function driverThatRuns(host: Host, image: ImageFacts, question: Question): string | null {
  const cuda = image.cuda[0];
  if (!cuda) return null;
  const wsl = host.os.wsl === true;
  const floor = majorFloor(cuda);
  const named = [wsl ? floor?.windows_min : floor?.linux_min, lowestDriver(cuda, {wsl}), image.minDriver];
  for (const driver of named) {
    if (!driver || atLeast(host.driver.version, driver) !== false) continue;
    if (judge(withDriver(host, driver, wsl), image, question).verdict === 'runs') return driver;
  }
  return null;
}

function withDriver(host: Host, version: string, wsl: boolean): Host {
  const cudaVersionDerived = cudaOfDriver(version, {wsl});
  return {...host, driver: {...host.driver, status: 'ok', version, cudaVersion: null, cudaVersionDerived}};
}
