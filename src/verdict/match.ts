import type {Host} from '../contract/host.js';
import type {Candidate, Match, Verdict} from '../contract/verdict.js';
import {gpuFacts} from '../matrix/gpu-names.js';
import {type ImageFacts, undescribedImage} from '../matrix/image-facts.js';
import {judgeOn} from './judge.js';
import {bestOf, byMerit, type Judged, judgedAs, newer} from './merit.js';
import {driverTrouble} from './rules/driver-floor.js';
import {OF_NODE, type Question} from './situation.js';
import {unlockOf} from './unlock.js';

/**
 * The best images first, at most `limit` of a framework: those that run, or the nearest where none does. Says what would
 * unlock newer ones.
 */
export function match(
  host: Host,
  images: readonly ImageFacts[],
  question: Question,
  limit: number,
): Pick<Match, 'candidates' | 'unlock'> {
  // Where there are GPUs, an image for the CPU is no answer unless it is asked for (`--gpus none`).
  const useful = host.gpus?.length && question.gpus !== 'none' ? images.filter(image => image.gpu !== false) : images;
  const judge = judgeOn(host, question);
  const judged = [...byFramework(useful).values()].map(own =>
    judgeNewest(worthJudging(own, host, {judge, question, limit}), judge, limit),
  );
  const running = judged.map(own => own.filter(({verdict}) => verdict.verdict === 'runs'));
  const some = running.some(own => own.length > 0) ? running : judged;
  const shown = some.flatMap(own => bestOf(own, limit)).sort(byMerit);
  return {candidates: shown.map(candidateOf), unlock: judged.flatMap(own => unlockOf(host, own, question))};
}

/** All in one where each holds the framework that was asked for; else an image of several belongs to its first. */
function byFramework(images: readonly ImageFacts[]): Map<string | null, readonly ImageFacts[]> {
  const named = groupedBy(images, 'framework');
  const held = [...named.keys()].map(name => name?.split('+') ?? []);
  const shared = held[0]?.find(name => held.every(names => names.includes(name)));
  if (shared !== undefined) return new Map([[shared, images]]);
  const first = new Map<string | null, ImageFacts[]>();
  for (const [name, own] of named) {
    const key = name?.split('+')[0] ?? null;
    first.set(key, [...(first.get(key) ?? []), ...own]);
  }
  return first;
}

/** Newest version first. There are far fewer versions to sort than images. */
const byVersion = (images: readonly ImageFacts[]): [string | null, ImageFacts[]][] =>
  [...groupedBy(images, 'version')].sort(([a], [b]) => newer(a, b));

function groupedBy(images: readonly ImageFacts[], field: 'framework' | 'version'): Map<string | null, ImageFacts[]> {
  const groups = new Map<string | null, ImageFacts[]>();
  for (const image of images) {
    const group = groups.get(image[field]);
    if (group) group.push(image);
    else groups.set(image[field], [image]);
  }
  return groups;
}

/** An image that asks for nothing but an engine and a CPU. */
const UNDEMANDING = undescribedImage('any', {
  described: true,
  framework: 'any',
  gpu: false,
  os: 'ubuntu20.04',
  platforms: Object.values(OF_NODE),
});

/** Where the host stands in the way of every image alike, the newest few tell as much as all of them. */
function worthJudging(
  images: readonly ImageFacts[],
  host: Host,
  {judge, question, limit}: {judge: (image: ImageFacts) => Verdict; question: Question; limit: number},
): readonly ImageFacts[] {
  if (question.gpus === 'none' || !(driverTrouble(host, host.gpus) !== null || isUntold(host, question))) return images;
  const newest = (own: readonly ImageFacts[]): ImageFacts[] =>
    byVersion(own)
      .flatMap(([, of]) => of)
      .slice(0, limit);
  const onCpu = images.filter(image => image.gpu === false);
  const onGpu = images.filter(image => image.gpu !== false);
  return [...(judge(UNDEMANDING).verdict === 'runs' ? onCpu : newest(onCpu)), ...newest(onGpu)];
}

/** No image is said to run on a GPU whose compute capability is not known. */
const isUntold = ({gpus}: Host, question: Question): boolean =>
  question.gpus === 'all' &&
  (gpus?.some(gpu => (gpu.computeCapability ?? gpuFacts(gpu.name)?.computeCapability) === undefined) ?? true);

/** From the newest version downwards, until enough of them run: what is older could only come after those. */
function judgeNewest(images: readonly ImageFacts[], judge: (image: ImageFacts) => Verdict, limit: number): Judged[] {
  const judged: Judged[] = [];
  let running = 0;
  let last: string | null = null;
  for (const [version, own] of byVersion(images)) {
    if (running >= limit && newer(last, version) !== 0) break;
    last = version;
    for (const image of own) {
      const verdict = judge(image);
      judged.push(judgedAs(image, verdict));
      if (verdict.verdict === 'runs') running++;
    }
  }
  return judged;
}

function candidateOf({image, verdict}: Judged): Candidate {
  const {framework, version, python, variant} = image;
  return {...verdict, framework, version, cuda: image.cuda.at(-1) ?? null, python, variant};
}
