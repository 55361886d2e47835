import {describe, expect, test} from '@jest/globals';
import {Match} from '../../../src/contract/verdict.js';
import type {ImageFacts} from '../../../src/matrix/image-facts.js';
import {imagesOf, loadMatrix} from '../../../src/matrix/matrix.js';
import {insteadOf} from '../../../src/verdict/instead.js';
import {match} from '../../../src/verdict/match.js';
import {newer} from '../../../src/verdict/merit.js';
import {IMAGINED} from '../../../src/verdict/question.js';
import {parseSpecification} from '../../../src/verdict/specification.js';
import {wheelsFor} from '../../../src/verdict/wheels.js';
import {fits, isWished, mayHold, newestOf, type Wish} from '../../../src/verdict/wish.js';
import {image, machine} from './machines.js';

const matrix = loadMatrix();
const ANY: Wish = {specs: [], publisher: null, variant: null, python: null, jupyter: false};

function matched(driver: string, gpu: string, specs: string[], more: Partial<Wish> = {}) {
  const wish = {...ANY, specs: specs.map(parseSpecification), ...more};
  const images = imagesOf(matrix, row => mayHold(row, wish)).filter(facts => isWished(facts, wish));
  return match(machine(driver, gpu), images, IMAGINED, 20);
}

describe('specifications', () => {
  test.each([
    ['pytorch', 'pytorch', null, null],
    ['torch>=2.1,<2.6', 'pytorch', '2.5.1', '2.6'],
    ['TensorFlow_GPU == 2.15', 'tensorflow', '2.15.0', '2.15.1'],
    ['torchvision', 'pytorch', null, null],
    ['jax~=0.4', 'jax', '0.9', '1.0'],
  ])('%s is of %s, as %p, not as %p', (text, framework, within, beyond) => {
    const {accepts, ...others} = parseSpecification(text);
    expect(others).toEqual({framework});
    expect(within === null ? accepts : accepts?.(within)).toBe(within === null ? null : true);
    expect(beyond === null ? accepts : accepts?.(beyond)).toBe(beyond === null ? null : false);
  });

  test('Python is asked for by a flag', () => {
    expect(() => parseSpecification('python>=3.12')).toThrow(
      expect.objectContaining({fix: expect.stringMatching(/^--python/)}),
    );
  });

  test.each([['caffe'], ['pytorch>=two'], ['torchvision==0.15'], ['>=2'], ['']])('%p is refused', text => {
    expect(() => parseSpecification(text)).toThrow();
  });

  test.each([
    ['2.4.1', '>=2.4', true],
    ['2.10.0', '>=2.9', true],
    ['2.3.1', '>=2.4', false],
    ['2.4.0a0+07cecf4', '>=2.3', true],
    [null, '>=2.4', false],
    [null, null, true],
    ['moving', '>=2.4', false],
    ['moving', null, true],
  ])('version %p fits %p: %p', (version, range, expected) => {
    expect(fits(image({version}), parseSpecification(`pytorch${range ?? ''}`))).toBe(expected);
  });

  test.each([
    ['torch==2.4.1+cu121', {version: '2.4.1', cuda: ['12.1.1']}, true],
    ['torch==2.4.1+cu121', {version: '2.4.1+cu121', cuda: ['12.1.1']}, true],
    ['torch==2.4.1+cu121', {version: '2.4.1', cuda: ['12.4.1']}, false],
    ['torch==2.4.1+cu121', {version: '2.4.0', cuda: ['12.1.1']}, false],
    ['torch == 2.4.1+cpu', {version: '2.4.1', cuda: [], gpu: false}, true],
    ['torch==2.4.1+cpu', {version: '2.4.1', cuda: ['12.1.1']}, false],
    ['cuda>=12', {framework: 'cuda', version: null, cuda: ['12.4.1']}, true],
    ['cuda<12', {framework: 'cuda', version: null, cuda: ['12.4.1']}, false],
    ['torch>=2', {version: null, cuda: ['12.4.1']}, false],
    ['torch==2.4.1+rocm6.0', {version: '2.4.1', cuda: ['12.1.1']}, false],
  ])('%s and an image of %p: %p', (text, facts, expected) => {
    expect(fits(image(facts), parseSpecification(text))).toBe(expected);
  });

  test('an image of two frameworks holds both', () => {
    const both = image({framework: 'pytorch+tensorflow'});
    expect(fits(both, {framework: 'tensorflow', accepts: null})).toBe(true);
    expect(isWished(both, {...ANY, specs: ['torch', 'tensorflow'].map(parseSpecification)})).toBe(true);
    expect(isWished(image(), {...ANY, specs: ['torch', 'tensorflow'].map(parseSpecification)})).toBe(false);
  });
});

test('of what no image is, the newest that there is', () => {
  const wish = {...ANY, specs: ['pytorch>=99', 'jax'].map(parseSpecification)};
  const held = ['moving', '2.9.1', '2.10.0', null, '2.4.0a0+07cecf4'].map(version => image({version}));
  expect(held.filter(facts => isWished(facts, wish))).toEqual([]);
  expect(newestOf(held, wish.specs)).toEqual([{framework: 'pytorch', version: '2.10.0'}]);
});

test('on a GPU that nobody knows nothing is said to run, and the newest are shown', () => {
  const {candidates} = matched('580.95.05', 'a GPU of tomorrow', ['pytorch'], {publisher: 'official'});
  expect(new Set(candidates.map(({verdict}) => verdict))).toEqual(new Set(['unknown']));
  expect(candidates.some(({version}) => version === '2.14.1')).toBe(true);
});

describe('match', () => {
  test('the newest that runs comes first, runtime before devel, and newer ones say what they need', () => {
    const {candidates, unlock} = matched('535.183.01', 'NVIDIA GeForce RTX 3080', ['pytorch'], {publisher: 'official'});
    expect(candidates[0]).toMatchObject({
      image: 'pytorch/pytorch:2.14.1-cuda12.6-cudnn9-runtime',
      verdict: 'runs',
      cuda: '12.6.3',
    });
    expect(candidates.every(candidate => candidate.verdict === 'runs')).toBe(true);
    expect(unlock).toEqual([{image: 'pytorch/pytorch:2.14.1-cuda13.2-cudnn9-runtime', needs: 'driver >= 580.65.06'}]);
  });

  test('a K80 gets what its last driver and its code allow, never a newer one', () => {
    const {candidates, unlock} = matched('470.256.02', 'Tesla K80', ['pytorch']);
    expect(candidates[0]).toMatchObject({version: '2.3.1', cuda: '11.8.0'});
    expect(unlock).toEqual([]);
  });

  test('nothing fits: the nearest, which do not run, and the reason', () => {
    const {candidates} = matched('470.256.02', 'Tesla K80', ['pytorch>=2.9']);
    expect(candidates.length).toBeGreaterThan(0);
    expect(
      candidates.every(({verdict, rules}) => verdict === 'fails' && rules.some(rule => rule.outcome === 'fail')),
    ).toBe(true);
  });

  test('a driver that a verdict hangs on unlocks a newer image, too', () => {
    // TensorFlow 2.17 carries cuda-compat, which a GeForce refuses where the toolkit puts it first.
    const {unlock} = matched('535.183.01', 'NVIDIA GeForce RTX 3080', ['tensorflow'], {publisher: 'official'});
    expect(unlock).toEqual([{image: 'tensorflow/tensorflow:2.17.0-gpu', needs: 'driver >= 545.23.06'}]);
  });

  test('images of several frameworks are none of their own where one is asked for', () => {
    const images = ['pytorch', 'pytorch+tensorflow'].flatMap(framework =>
      [1, 2, 3].map(at => image({reference: `${framework}:${at}`, framework})),
    );
    const {candidates} = match(machine('580.95.05', 'RTX 3090'), images, IMAGINED, 2);
    expect(candidates).toHaveLength(2);
    const mixed = match(machine('580.95.05', 'RTX 3090'), [...images, image({framework: 'jax'})], IMAGINED, 2);
    expect(mixed.candidates.map(({framework}) => framework?.split('+')[0])).toEqual(['pytorch', 'pytorch', 'jax']);
  });

  test('an image known not to work on a GPU is never a candidate that runs', () => {
    const {candidates} = matched('580.95.05', 'RTX 4090', ['tensorflow'], {publisher: 'official'});
    expect(candidates[0]?.version).toBe('2.17.0');
  });

  test('without a GPU, or without asking for one, images for the CPU are the answer', () => {
    const wish = {...ANY, specs: [parseSpecification('tensorflow')]};
    const images = imagesOf(matrix, row => mayHold(row, wish)).filter(facts => isWished(facts, wish));
    const bare = match({...machine('1', []), gpus: []}, images, IMAGINED, 5);
    expect(bare.candidates[0]).toMatchObject({verdict: 'runs', variant: 'cpu'});
    const {candidates} = match(machine('580.95.05', 'RTX 4090'), images, {synthetic: true, gpus: 'none'}, 5);
    expect(candidates[0]?.verdict).toBe('runs');
  });

  test('the wish narrows: publisher, variant, Python, Jupyter', () => {
    const ngc = matched('580.95.05', 'RTX 3090', ['pytorch'], {publisher: 'ngc'}).candidates;
    expect(ngc.every(candidate => candidate.image.startsWith('nvcr.io/'))).toBe(true);
    const devel = matched('580.95.05', 'RTX 3090', ['pytorch'], {variant: 'devel', python: '3.11'}).candidates;
    expect(devel.every(candidate => candidate.variant === 'devel' && candidate.python === '3.11')).toBe(true);
    expect(devel.length).toBeGreaterThan(0);
    const jupyter = matched('580.95.05', 'RTX 3090', ['tensorflow'], {jupyter: true, publisher: 'official'}).candidates;
    expect(jupyter.every(candidate => candidate.image.endsWith('-jupyter'))).toBe(true);
  });

  test('the document is one of the contract', () => {
    const answer = {
      schema: 'gpudock/match/1',
      matrix: {date: matrix.date},
      request: {specs: []},
      ...matched('580.95.05', 'L4', []),
    };
    expect(Match.parse(answer)).toEqual(answer);
  });

  test('the order does not depend on the order of the data', () => {
    const wish = {...ANY, specs: [parseSpecification('pytorch')]};
    const images = imagesOf(matrix, row => mayHold(row, wish)).filter(facts => isWished(facts, wish));
    const names = (list: ImageFacts[]) =>
      match(machine('535.183.01', 'RTX 3080'), list, IMAGINED, 50).candidates.map(candidate => candidate.image);
    expect(names([...images].reverse())).toEqual(names(images));
  });

  test.each([
    ['2.10.0', '2.9.1', -1],
    ['2.4.0', '2.4.0a0+07cecf4', -1],
    ['2.4.0', null, -1],
    [null, null, 0],
    ['2.4', '2.4', 0],
  ])('%p against %p', (a, b, order) => {
    expect(Math.sign(newer(a, b))).toBe(order);
  });
});

describe('where no image runs', () => {
  const routeFor = (gpu: string, driver: string, spec: string) =>
    wheelsFor(machine(driver, gpu), [parseSpecification(spec)], {synthetic: true, gpus: 'all'});

  test.each([
    ['RTX 3090', '470.57.02', 'pytorch', /^11\./],
    ['RTX 4090', '535.104.05', 'pytorch>=2.5,<2.6', /^12\./],
  ])('wheels for the CUDA of %s with driver %s are named', (gpu, driver, spec, cuda) => {
    expect(routeFor(gpu, driver, spec)?.cuda).toMatch(cuda);
  });

  test.each([
    [['tensorflow==2.15'], [['tensorflow', '2.11.0']]],
    [['pytorch>=99'], [['pytorch', '2.3.1']]],
    [
      ['torch>=99', 'torchvision', 'tensorflow'],
      [
        ['pytorch', '2.3.1'],
        ['tensorflow', '2.11.0'],
      ],
    ],
  ])('%j on a K80: of each alone the newest that runs is %j', (texts, expected) => {
    const wish = {...ANY, specs: texts.map(parseSpecification)};
    const held = imagesOf(matrix, row => mayHold(row, wish));
    const instead = insteadOf(machine('470.256.02', 'Tesla K80'), held, wish, IMAGINED);
    expect(instead.map(({framework, version}) => [framework, version])).toEqual(expected);
  });

  test('a GPU that no wheel serves has none, nor has another framework', () => {
    expect(routeFor('RTX 5090', '390.48', 'pytorch')).toBeNull();
    expect(routeFor('RTX 3090', '535.104.05', 'tensorflow')).toBeNull();
  });
});

/** Images in as many versions, and how often any of their fields was looked at. */
function counted(rows: number): {images: ImageFacts[]; looks: () => number} {
  let looks = 0;
  const look = {
    get: (facts: ImageFacts, field: string) => {
      looks++;
      return Reflect.get(facts, field);
    },
  };
  const images = Array.from({length: rows}, (_, at) => {
    const version = `2.${at % 1_000}.${Math.floor(at / 1_000)}`;
    return new Proxy(
      image({reference: `test/image:${version}`, version, cuda: ['12.4.1']}),
      look as ProxyHandler<ImageFacts>,
    );
  });
  return {images, looks: () => looks};
}

test.each([
  ['all of them fail', '470.57.02', 2_000],
  ['the newest run', '570.86.15', 10_000],
])('ten times the rows are at most eleven times the work: %s', (_, driver, few) => {
  const gpu = 'NVIDIA GeForce RTX 3090';
  const work = [few, 10 * few].map(rows => {
    const {images, looks} = counted(rows);
    const found = match(
      machine(driver, gpu),
      images.filter(facts => isWished(facts, ANY)),
      IMAGINED,
      10,
    );
    expect(found.candidates).toHaveLength(10);
    return looks();
  });
  expect(work[1]).toBeLessThanOrEqual(11 * (work[0] ?? 0));
});
