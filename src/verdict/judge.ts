import type {Host} from '../contract/host.js';
import type {RuleOutcome, Verdict} from '../contract/verdict.js';
import type {ImageFacts} from '../matrix/image-facts.js';
import type {Rule} from './outcome.js';
import {available} from './rules/available.js';
import {cpu} from './rules/cpu.js';
import {driverFloor} from './rules/driver-floor.js';
import {driverGpu} from './rules/driver-gpu.js';
import {engineGpuAccess} from './rules/engine-gpu-access.js';
import {engineVersion} from './rules/engine-version.js';
import {gpuArchitecture} from './rules/gpu-architecture.js';
import {imageContent} from './rules/image-content.js';
import {platform} from './rules/platform.js';
import {requireCuda} from './rules/require-cuda.js';
import {space} from './rules/space.js';
import {ANY_GPU, type Question, situationsOn} from './situation.js';

const RULES: readonly Rule[] = [
  engineGpuAccess,
  platform,
  driverFloor,
  requireCuda,
  gpuArchitecture,
  driverGpu,
  imageContent,
  cpu,
  engineVersion,
  space,
  available,
];
/** They inform; they never change a verdict. */
const ADVISORY = new Set<RuleOutcome['id']>(['space', 'available']);

/** Will this image run on this host? `question` limits the GPUs and says whether the host is a real one. */
export const judge = (host: Host, image: ImageFacts, question: Question = ANY_GPU): Verdict =>
  judgeOn(host, question)(image);

/** The judge of many images on one host. */
export function judgeOn(host: Host, question: Question = ANY_GPU): (image: ImageFacts) => Verdict {
  const situate = situationsOn(host, question);
  return image => {
    const situation = situate(image);
    const rules = RULES.flatMap(rule => rule(situation));
    const size = image.size === null ? {} : {size: image.size};
    return {image: image.reference, digest: image.digest, verdict: verdictOf(rules), ...size, rules};
  };
}

/** One failing rule fails the image; else one deciding rule that cannot tell leaves it unknown. */
export function verdictOf(rules: readonly RuleOutcome[]): Verdict['verdict'] {
  const deciding = rules.filter(rule => !ADVISORY.has(rule.id));
  if (deciding.some(rule => rule.outcome === 'fail')) return 'fails';
  return deciding.some(rule => rule.outcome === 'unknown') ? 'unknown' : 'runs';
}
