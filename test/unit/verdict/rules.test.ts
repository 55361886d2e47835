import {describe, expect, test} from '@jest/globals';
import type {Host} from '../../../src/contract/host.js';
import type {RuleId} from '../../../src/contract/verdict.js';
import type {ImageFacts} from '../../../src/matrix/image-facts.js';
import {judge} from '../../../src/verdict/judge.js';
import {IMAGINED, imaginedHost} from '../../../src/verdict/question.js';
import type {Question} from '../../../src/verdict/situation.js';
import {image, machine} from './machines.js';

const REAL: Question = {synthetic: false, gpus: 'all'};

/** Outcomes of one rule, joined where GPUs are judged one by one. */
function outcome(id: RuleId, host: Host, facts: ImageFacts, question: Question = IMAGINED): string {
  const rules = judge(host, facts, question).rules.filter(rule => rule.id === id);
  expect(rules.every(rule => rule.reason.length > 0)).toBe(true);
  return rules.map(rule => rule.outcome).join(' ');
}

describe('driver-floor', () => {
  test.each([
    // Its own floor; the same minor with an older update; the floor of the major; below it.
    ['550.54.15', ['12.4.1'], 'pass'],
    ['550.54.14', ['12.4.1'], 'warn'],
    ['525.60.13', ['12.4.1'], 'warn'],
    ['525.60.12', ['12.4.1'], 'fail'],
    ['610.57.04', ['12.4.1'], 'pass'],
    // Before CUDA 11 every minor has its own floor.
    ['440.33.01', ['10.2.89'], 'pass'],
    ['440.32', ['10.2.89'], 'fail'],
    ['418.39', ['10.1.243'], 'pass'],
    ['418.38', ['10.1.243'], 'fail'],
    // Only the minor is known, or a newer one than the matrix.
    ['455.32', ['11.1'], 'pass'],
    ['455.23', ['11.1'], 'warn'],
    ['450.80.02', ['11.8'], 'warn'],
    ['450.51.06', ['11.8'], 'fail'],
    ['580.65.06', ['13.2.1'], 'warn'],
    ['575.57.08', ['13.0.2'], 'fail'],
    ['615.71.09', ['13.4'], 'pass'],
    ['615.71.09', ['13.9'], 'unknown'],
    ['615.71.09', ['14.0'], 'unknown'],
    // A driver newer than the matrix still carries what is older; one CUDA of several is enough.
    ['999.1', ['12.4.1'], 'pass'],
    ['535.54.03', ['11.8', '12.8', '13.0'], 'pass'],
    ['470.82.01', ['11.8', '12.8', '13.0'], 'warn'],
    ['535.54.03', [], 'unknown'],
  ])('driver %s, CUDA %p: %s', (driver, cuda, expected) => {
    expect(outcome('driver-floor', machine(driver, 'RTX 3090'), image({cuda}))).toBe(expected);
  });

  test.each([
    ['551.78', '12.4.1', 'pass'],
    ['551.77', '12.4.1', 'warn'],
    ['528.33', '12.4.1', 'warn'],
    ['527.41', '12.4.1', 'fail'],
    ['591.86', '13.0.2', 'pass'],
    ['581.15', '13.2.1', 'warn'],
    ['550.54.15', '12.4.1', 'warn'],
  ])('under WSL2 the Windows number %s counts for CUDA %s: %s', (driver, cuda, expected) => {
    const host = imaginedHost({driver, gpus: ['RTX 3090'], arch: null, wsl: true});
    expect(outcome('driver-floor', host, image({cuda: [cuda]}))).toBe(expected);
  });

  test.each([
    // By NVIDIA's table; by the image's own list where the table no longer speaks of the branch.
    ['535.161.08', 'NVIDIA A100-SXM4-80GB', {cuda: ['13.0.2'], cudaCompat: true}, 'warn'],
    ['535.161.08', 'NVIDIA GeForce RTX 3090', {cuda: ['13.0.2'], cudaCompat: true}, 'fail'],
    ['390.157', 'GeForce GT 730', {cuda: ['10.2.89'], cudaCompat: true}, 'fail'],
    ['535.161.08', 'NVIDIA A100-SXM4-80GB', {cuda: ['13.0.2'], cudaCompat: false}, 'fail'],
    ['535.161.08', 'NVIDIA A100-SXM4-80GB', {cuda: ['13.0.2'], cudaCompat: null}, 'unknown'],
    ['535.161.08', 'some GPU', {cuda: ['13.0.2'], cudaCompat: true}, 'unknown'],
    // The image's own list is not there: NVIDIA's image with the same package proves what it allows, and nothing more.
    ['470.82.01', 'NVIDIA A100-SXM4-80GB', {cuda: ['12.2.2'], cudaCompat: true}, 'warn'],
    ['460.91.03', 'NVIDIA A100-SXM4-80GB', {cuda: ['12.2.2'], cudaCompat: true}, 'unknown'],
    // The release notes of NVIDIA's own images name the branches that work, or those that do not.
    ['460.91.03', 'NVIDIA A100-SXM4-80GB', {cuda: ['12.1.1'], cudaCompat: true}, 'fail'],
    ['510.47.03', 'NVIDIA A100-SXM4-80GB', {cuda: ['12.1.1'], cudaCompat: true}, 'warn'],
    ['510.47.03', 'Tesla T4', {cuda: ['12.6.2'], cudaCompat: true}, 'fail'],
    ['470.57.02', 'Tesla T4', {cuda: ['12.6.2'], cudaCompat: true}, 'warn'],
    ['418.87.01', 'Tesla T4', {cuda: ['11.4.2'], cudaCompat: true}, 'warn'],
    ['535.161.08', 'NVIDIA GH200 480GB', {cuda: ['13.0.2'], cudaCompat: true}, 'unknown'],
    ['470.82.01', 'NVIDIA A100-SXM4-80GB', {cuda: ['12.2.2'], cudaCompat: true, requires: branches(470)}, 'warn'],
    ['460.91.03', 'NVIDIA A100-SXM4-80GB', {cuda: ['12.2.2'], cudaCompat: true, requires: branches(470)}, 'fail'],
  ])('forward compatibility: %s on %s with %p: %s', (driver, gpu, change, expected) => {
    expect(outcome('driver-floor', machine(driver, gpu), image(change))).toBe(expected);
  });

  test.each<[string, string, Partial<ImageFacts>, string]>([
    ['535.104.05', 'NVIDIA GeForce RTX 4090', {cudaCompat: true}, 'unknown'],
    ['535.104.05', 'NVIDIA TITAN RTX', {cudaCompat: true}, 'unknown'],
    ['535.104.05', 'NVIDIA GeForce RTX 4090', {cudaCompat: false}, 'warn'],
    ['535.104.05', 'NVIDIA GeForce RTX 4090', {cudaCompat: null}, 'warn'],
    ['535.104.05', 'NVIDIA L4', {cudaCompat: true}, 'warn'],
    ['535.104.05', 'NVIDIA RTX A6000', {cudaCompat: true}, 'warn'],
    ['550.54.15', 'NVIDIA GeForce RTX 4090', {cudaCompat: true}, 'pass'],
  ])(
    'minor-version compatibility beside cuda-compat, which GeForce refuses: %s on %s with %p: %s',
    (driver, gpu, change, expected) => {
      expect(outcome('driver-floor', machine(driver, gpu), image(change))).toBe(expected);
    },
  );

  /** The machine itself, whose engine is reached by the hook, or by CDI devices. */
  const withToolkit = (version: string | null, cdiDevices: string[], driver: string, gpu: string): Host => {
    const host = machine(driver, gpu);
    const gpuAccess = {cdi: cdiDevices.length > 0, hook: true, runtime: true};
    const engine = {...host.engine, kind: 'docker' as const, version: '28.5.2', cdiDevices, gpuAccess};
    return {...host, toolkit: {version}, engine};
  };

  test.each<[string, string | null, string[], string, string]>([
    // A GeForce refuses the library that the toolkit puts first (error 804).
    ['up to 1.17.3 it is put first', '1.17.3', [], 'RTX 4090', 'fail'],
    ['1.17.4 leaves it out', '1.17.4', [], 'RTX 4090', 'warn'],
    ['the legacy hook has it back later than CDI', '1.17.6', [], 'RTX 4090', 'warn'],
    ['later ones have a setting', '1.17.7', [], 'RTX 4090', 'unknown'],
    ['CDI had no hook for it', '1.16.2', ['nvidia.com/gpu=0'], 'RTX 4090', 'warn'],
    ['CDI has one', '1.17.5', ['nvidia.com/gpu=0'], 'RTX 4090', 'unknown'],
    ['not known', null, [], 'RTX 4090', 'unknown'],
    ['a data-centre GPU takes it', '1.17.3', [], 'NVIDIA L4', 'warn'],
  ])("cuda-compat where the driver's own library would do: %s (toolkit %p, devices %p, %s): %s", (...row) => {
    const [, version, devices, gpu, expected] = row;
    const host = withToolkit(version, devices, '535.104.05', gpu);
    expect(outcome('driver-floor', host, image({cudaCompat: true}), REAL)).toBe(expected);
  });

  test.each([
    ['of a branch that serves it no more, put first', '470.256.02', '11.8.0', '1.13.1', 'fail'],
    ['left out', '470.256.02', '11.8.0', '1.17.4', 'warn'],
    ['of its last branch', '450.248.02', '11.4.4', '1.13.1', 'warn'],
    ['of a branch that serves it no more, where only it would do', '418.226.00', '11.8.0', '1.13.1', 'fail'],
  ])('cuda-compat and a GPU that drivers have dropped: %s (driver %s, CUDA %s, toolkit %s): %s', (...row) => {
    const [, driver, cuda, version, expected] = row;
    const facts = image({cuda: [cuda], cudaCompat: true});
    expect(outcome('driver-floor', withToolkit(version, [], driver, 'Tesla K80'), facts, REAL)).toBe(expected);
  });

  test.each<[string, string | null, string[], Partial<ImageFacts>, string]>([
    ['put first', '1.17.3', [], {}, 'warn'],
    ['left out', '1.17.4', [], {}, 'fail'],
    ['left out, but the entrypoint of NGC puts it first itself', '1.17.4', [], {publisher: 'ngc'}, 'warn'],
    ['CDI had no hook for it', '1.17.3', ['nvidia.com/gpu=0'], {}, 'fail'],
    ['CDI has one', '1.18.0', ['nvidia.com/gpu=0'], {}, 'warn'],
    ['not known', null, [], {}, 'warn'],
  ])('cuda-compat where only it would do: %s (toolkit %p, devices %p, %p): %s', (...row) => {
    const [, version, devices, change, expected] = row;
    const host = withToolkit(version, devices, '535.161.08', 'NVIDIA A100-SXM4-80GB');
    const facts = image({cuda: ['13.0.2'], cudaCompat: true, ...change});
    expect(outcome('driver-floor', host, facts, REAL)).toBe(expected);
  });

  test.each([
    ['absent', 'fail'],
    ['not-loaded', 'fail'],
    ['version-mismatch', 'fail'],
  ] as const)('a driver that is %s', (status, expected) => {
    const host = machine('550.54.15', 'RTX 3090');
    expect(outcome('driver-floor', {...host, driver: {...host.driver, status}}, image())).toBe(expected);
  });

  test.each([
    ['with a GPU', {}, /^gpudock doctor/],
    ['without', {gpus: []}, /--gpus none/],
  ])('a machine without a driver, %s, is told what helps, and never that setup would install one', (_, part, fix) => {
    const host = machine('550.54.15', 'RTX 3090');
    const {rules} = judge({...host, driver: {...host.driver, status: 'absent'}, ...part}, image(), REAL);
    expect(rules.find(({id}) => id === 'driver-floor')).toMatchObject({
      outcome: 'fail',
      fix: expect.stringMatching(fix),
    });
    expect(JSON.stringify(rules)).not.toMatch(/install one: gpudock setup/);
  });

  test('a machine without a GPU, and one whose driver is not known', () => {
    const host = machine('550.54.15', 'RTX 3090');
    expect(outcome('driver-floor', {...host, gpus: []}, image())).toBe('fail');
    const driver = {...host.driver, version: null, cudaVersionDerived: null};
    expect(outcome('driver-floor', {...host, driver}, image())).toBe('unknown');
    expect(outcome('driver-floor', {...host, driver: {...driver, cudaVersion: '12.5'}}, image())).toBe('pass');
    expect(outcome('driver-floor', {...host, driver: {...driver, cudaVersion: '12.2'}}, image())).toBe('warn');
  });

  test("a publisher's own floor comes first", () => {
    expect(outcome('driver-floor', machine('530.41.03', 'RTX 3090'), image({cuda: ['11.8'], minDriver: '531'}))).toBe(
      'fail',
    );
  });
});

function branches(branch: number): ImageFacts['requires'] {
  const clauses = ['tesla', 'nvidia', 'unknown'].map(brand => `brand=${brand},driver>=${branch},driver<${branch + 1}`);
  return {texts: [`cuda>=12.1 ${clauses.join(' ')}`], complete: true, arch: null};
}

describe('gpu-architecture', () => {
  const code = (sass: string[], ptx: string[] | null = []) => ({
    program: 'pytorch',
    sass,
    sassArm64: null as string[] | null,
    ptx,
    ptxRefusedFrom: null,
    ptxRefusedBelow: null,
    ptxUnprovenFrom: null,
    ptxOnlyFrom: null,
    fails: null,
    inferred: false,
    source: 'the test',
  });

  test.each([
    ['RTX 3090', code(['8.0']), 'pass'],
    ['RTX 3090', code(['8.6']), 'pass'],
    ['NVIDIA A100', code(['8.6']), 'fail'],
    ['RTX 4090', code(['8.0', '9.0']), 'pass'],
    ['RTX 5090', code(['9.0', '10.0']), 'fail'],
    ['NVIDIA GB10', code(['12.0']), 'warn'],
    ['NVIDIA GB10', code(['12.0a']), 'fail'],
    ['NVIDIA GB10', code(['12.0f']), 'warn'],
    ['NVIDIA B300', code(['10.0a']), 'fail'],
    ['NVIDIA H100', code(['9.0a']), 'pass'],
    ['Tesla K80', code(['5.0']), 'fail'],
    ['RTX 5090', code(['9.0'], ['9.0']), 'unknown'],
    ['NVIDIA H100', code(['8.0'], ['8.0']), 'warn'],
    ['RTX 5090', code(['9.0'], ['9.0a']), 'fail'],
    ['RTX 5090', code(['9.0'], null), 'unknown'],
    ['RTX 3090', code(['8.6'], null), 'pass'],
    ['Tesla K80', code([], ['5.0']), 'fail'],
    ['a GPU of tomorrow', code(['8.6']), 'unknown'],
    // A Jetson runs no desktop code of a lower minor.
    ['Orin', code(['8.0', '8.6']), 'fail'],
    ['Orin', code(['8.7']), 'pass'],
  ])('%s with %p: %s', (gpu, compiled, expected) => {
    expect(outcome('gpu-architecture', machine('580.95.05', gpu), image({code: [compiled]}))).toBe(expected);
  });

  // Below CUDA 11 no library knows Ampere, below 11.8 Hopper, below 12.8 Blackwell.
  test.each([
    ['RTX 3090', '10.2.89', ['7.0'], ['7.0'], 'fail'],
    ['RTX 3090', '10.1', ['7.0'], null, 'fail'],
    ['RTX 5090', '11.8.0', ['9.0'], ['3.7'], 'fail'],
    ['NVIDIA H100', '11.6', ['8.6'], ['3.7'], 'unknown'],
    ['NVIDIA H100', '11.8.0', ['8.6'], ['8.6'], 'warn'],
    ['Tesla T4', '10.2.89', ['7.0'], [], 'pass'],
    ['Tesla T4', '9.0', ['7.0'], [], 'fail'],
    ['Tesla T4', '9.2', ['7.0'], ['7.0'], 'fail'],
    ['Tesla V100', '9.0', ['7.0'], [], 'pass'],
    ['RTX 4090', '11.3', ['8.6'], [], 'warn'],
    ['RTX 4090', '11.8.0', ['8.6'], [], 'pass'],
  ])('%s and a toolkit that may be older: CUDA %s with %j and PTX of %j: %s', (gpu, cuda, sass, ptx, expected) => {
    const facts = image({cuda: [cuda], code: [code(sass, ptx)]});
    expect(outcome('gpu-architecture', machine('580.95.05', gpu), facts)).toBe(expected);
  });

  test.each([
    ['RTX 3090', 'pass'],
    ['Tesla V100', 'fail'],
    ['RTX 5090', 'unknown'],
    ['NVIDIA H100', 'warn'],
  ])('every program inside must have code for the GPU: on %s: %s', (gpu, expected) => {
    const server = {...code(['7.0', '8.0'], ['8.0']), program: 'server 1.0'};
    const facts = image({code: [server, {...code(['7.5', '8.0', '9.0', '12.0']), program: 'pytorch 2.7.0'}]});
    const host = machine('580.95.05', gpu);
    expect(outcome('gpu-architecture', host, facts)).toBe(expected);
    const [rule] = judge(host, facts, IMAGINED).rules.filter(({id}) => id === 'gpu-architecture');
    expect(rule?.reason).toMatch(gpu === 'Tesla V100' ? /^pytorch 2\.7\.0: / : /^server 1\.0: /);
  });

  // Of an image for both CPUs the build for arm64 has a list of its own.
  test.each([
    ['NVIDIA GH200 480GB', null, 'pass'],
    ['NVIDIA Thor', null, 'unknown'],
    ['NVIDIA Thor', ['9.0', '11.0'], 'pass'],
    ['NVIDIA Thor', ['9.0'], 'fail'],
    ['RTX 3090', ['9.0'], 'pass'],
  ])('for arm64: %s with %j: %s', (gpu, sassArm64, expected) => {
    const facts = image({
      cuda: ['13.0.2'],
      platforms: ['amd64', 'arm64'],
      code: [{...code(['8.0', '9.0', '12.0']), sassArm64}],
    });
    expect(outcome('gpu-architecture', machine('580.95.05', gpu), facts)).toBe(expected);
  });

  test('PTX that a GPU is known to refuse is none', () => {
    const refused = image({code: [{...code(['8.0'], ['8.0']), ptxRefusedFrom: '10.0'}]});
    expect(outcome('gpu-architecture', machine('580.95.05', 'RTX 5090'), refused)).toBe('fail');
    expect(outcome('gpu-architecture', machine('580.95.05', 'NVIDIA H100'), refused)).toBe('warn');
  });

  test.each([
    ['570.124.06', 'fail'],
    ['580.95.05', 'warn'],
  ])('PTX that a GPU refuses with drivers below CUDA 13: %s: %s', (driver, expected) => {
    const refused = {...code(['9.0'], ['9.0']), ptxRefusedFrom: '10.0', ptxRefusedBelow: '13.0'};
    const facts = image({cuda: ['12.8'], code: [refused]});
    expect(outcome('gpu-architecture', machine(driver, 'NVIDIA B200'), facts)).toBe(expected);
  });

  test.each([
    ['550.90.07', 'NVIDIA H100', 'unknown'],
    ['550.90.07', 'RTX 4090', 'pass'],
    ['575.57.08', 'NVIDIA H100', 'pass'],
  ])('a part that is PTX alone for new GPUs: driver %s, %s: %s', (driver, gpu, expected) => {
    const facts = image({cuda: ['12.9.1'], code: [{...code(['8.0', '8.9', '9.0']), ptxOnlyFrom: '9.0'}]});
    expect(outcome('gpu-architecture', machine(driver, gpu), facts)).toBe(expected);
  });

  test.each([
    ['575.57.08', 'GTX 1080', 'pass'],
    ['580.95.05', 'GTX 1080', 'fail'],
    ['580.95.05', 'Tesla T4', 'pass'],
  ])('a program that picks a wrong library: driver %s, %s: %s', (driver, gpu, expected) => {
    const fails = {capabilities: ['5.0', '7.5'], drivers: ['13.0', '14.0']} as const;
    const facts = image({cuda: ['12.8.1'], code: [{...code(['6.1', '7.5']), fails}]});
    expect(outcome('gpu-architecture', machine(driver, gpu), facts)).toBe(expected);
  });

  test.each([
    ['Tesla P40', 'warn'],
    ['NVIDIA B200', 'unknown'],
  ])('PTX that is not proven on new GPUs, on %s: %s', (gpu, expected) => {
    const facts = image({cuda: ['12.8.1'], code: [{...code(['8.6'], ['6.1', '9.0']), ptxUnprovenFrom: '10.0'}]});
    expect(outcome('gpu-architecture', machine('580.95.05', gpu), facts)).toBe(expected);
  });

  test("PTX needs a driver whose CUDA is at least the image's", () => {
    const onlyPtx = image({cuda: ['12.8.1'], code: [code(['8.0'], ['8.0'])]});
    expect(outcome('gpu-architecture', machine('570.26', 'NVIDIA H100'), onlyPtx)).toBe('warn');
    expect(outcome('gpu-architecture', machine('560.35.05', 'NVIDIA H100'), onlyPtx)).toBe('fail');
    expect(outcome('gpu-architecture', machine('900.1', 'NVIDIA H100'), onlyPtx)).toBe('unknown');
    const inferred = image({cuda: ['12.8.1'], code: [{...code(['8.0'], ['8.0']), inferred: true}]});
    expect(outcome('gpu-architecture', machine('560.35.05', 'NVIDIA H100'), inferred)).toBe('unknown');
  });

  test.each([
    ['RTX 3090', '6.0', '12.4.1', 'pass'],
    ['GTX 980', '6.0', '12.4.1', 'fail'],
    ['RTX 4090', '6.0', '11.6', 'pass'],
    ['NVIDIA H100', '6.0', '11.6', 'unknown'],
    ['RTX 3090', '6.0', '10.2.89', 'fail'],
    ['RTX 5090', '6.0', '12.6', 'unknown'],
    ['Tesla V100', '6.0', '13.0', 'fail'],
    ['Orin', '6.0', '11.2', 'unknown'],
    ['Tesla T4', '6.0', '9.0.176', 'fail'],
    ['Tesla T4', '6.0', '10.0.130', 'pass'],
  ])('no list, but %s with "%s and later" and CUDA %s: %s', (gpu, minComputeCapability, cuda, expected) => {
    const facts = image({code: [], minComputeCapability, cuda: [cuda]});
    expect(outcome('gpu-architecture', machine('580.95.05', gpu), facts)).toBe(expected);
  });

  test.each([
    ['Tesla M60', ['5.2', '7.0'], 'unknown'],
    ['Tesla M60', ['7.0'], 'fail'],
    ['Tesla V100', ['5.2', '7.0'], 'pass'],
  ])('%s below what its publisher names, with code %j: %s', (gpu, sass, expected) => {
    const facts = image({code: [code(sass)], minComputeCapability: '6.0'});
    expect(outcome('gpu-architecture', machine('580.95.05', gpu), facts)).toBe(expected);
  });

  test.each([
    ['RTX 4090', '11.7', 'warn'],
    ['RTX 4090', '11.8', 'pass'],
    ['NVIDIA Thor', '13.0', 'unknown'],
  ])('Triton brings TensorRT, which knows no later GPU, and is named for no Jetson: %s with CUDA %s: %s', (...row) => {
    const [gpu, cuda, expected] = row;
    const facts = image({code: [], framework: 'triton', minComputeCapability: '6.0', cuda: [cuda]});
    expect(outcome('gpu-architecture', machine('580.95.05', gpu), facts)).toBe(expected);
  });

  test.each([
    ['NVIDIA GB10', '12.8.0', 'unknown'],
    ['NVIDIA GB10', '12.9.0', 'pass'],
    ['RTX 5090', '12.8.0', 'pass'],
  ])('JAX compiles on the GPU, by a compiler that must know it: %s with CUDA %s: %s', (gpu, cuda, expected) => {
    const facts = image({code: [], framework: 'jax', minComputeCapability: '7.5', cuda: [cuda]});
    expect(outcome('gpu-architecture', machine('580.95.05', gpu), facts)).toBe(expected);
  });

  test('a toolkit older than the GPU is said to compile for an older one', () => {
    const facts = image({code: [], minComputeCapability: '6.0', cuda: ['11.0.3']});
    const {rules} = judge(machine('455.45.01', 'RTX 3090'), facts, IMAGINED);
    const rule = rules.find(({id}) => id === 'gpu-architecture');
    expect(rule?.reason).toContain('compiles for 8.0, which runs on 8.6');
  });

  test.each([
    ['NVIDIA H100', 'pass'],
    ['RTX 5090', 'unknown'],
    ['Tesla P100', 'fail'],
  ])('a publisher that names the GPUs from 7.0 to 9.0, and %s: %s', (gpu, expected) => {
    const named = {minComputeCapability: '7.0', maxComputeCapability: '9.0'};
    const facts = image({code: [], ...named, cuda: ['12.8']});
    expect(outcome('gpu-architecture', machine('575.57.08', gpu), facts)).toBe(expected);
  });

  test.each([
    ['Tesla V100', ['12.8', '13.0'], 'pass'],
    ['Tesla V100', ['13.0'], 'fail'],
    ['RTX 5090', ['11.8', '12.8'], 'pass'],
    ['Tesla K80', ['12.8', '13.0'], 'fail'],
  ])(
    'no list, but %s with "3.0 and later" and the toolkits %j, of which it takes the one that serves: %s',
    (gpu, cuda, expected) => {
      const facts = image({code: [], minComputeCapability: '3.0', cuda});
      expect(outcome('gpu-architecture', machine('580.95.05', gpu), facts)).toBe(expected);
    },
  );

  test.each([
    ['RTX 3090', '12.4.1', 'pass'],
    ['RTX 4090', '11.6.2', 'pass'],
    ['RTX 5090', '12.4.1', 'unknown'],
    ['RTX 3090', '10.2.89', 'unknown'],
    ['Tesla V100', '13.0.2', 'fail'],
    ['Tesla K80', '12.0.1', 'fail'],
    ['Tesla T4', '9.2', 'unknown'],
    ['Tesla T4', '10.0', 'pass'],
  ])('a toolkit without a framework: %s with CUDA %s: %s', (gpu, cuda, expected) => {
    const facts = image({code: [], framework: 'cuda', cuda: [cuda]});
    expect(outcome('gpu-architecture', machine('580.95.05', gpu), facts)).toBe(expected);
  });

  test('nothing known of the code is unknown, but no toolkit compiles for what it dropped', () => {
    const of = (cuda: string, framework: string | null = 'vllm') => image({code: [], cuda: [cuda], framework});
    expect(outcome('gpu-architecture', machine('580.95.05', 'Tesla V100'), of('13.0'))).toBe('fail');
    expect(outcome('gpu-architecture', machine('580.95.05', 'Tesla V100'), of('12.9'))).toBe('unknown');
    expect(outcome('gpu-architecture', machine('580.95.05', 'Tesla T4'), of('13.0'))).toBe('unknown');
    expect(outcome('gpu-architecture', machine('580.95.05', 'Tesla V100'), of('13.0', null))).toBe('unknown');
  });

  test('nothing known of the code is unknown, inference is said', () => {
    expect(outcome('gpu-architecture', machine('580.95.05', 'RTX 3090'), image({code: []}))).toBe('unknown');
    const inferred = image({code: [{...code(['8.6']), inferred: true}]});
    const [rule] = judge(machine('580.95.05', 'RTX 3090'), inferred, IMAGINED).rules.filter(
      r => r.id === 'gpu-architecture',
    );
    expect(rule?.reason).toMatch(/inference/);
  });

  test('GPUs are judged one by one, and --gpus limits the question', () => {
    const host = machine('580.95.05', ['RTX 3090', 'RTX 5090']);
    expect(outcome('gpu-architecture', host, image())).toBe('pass fail');
    expect(outcome('gpu-architecture', host, image(), {synthetic: true, gpus: ['0']})).toBe('pass');
    expect(judge(host, image(), {synthetic: true, gpus: ['0']}).verdict).toBe('runs');
    expect(judge(host, image(), {synthetic: true, gpus: ['7']}).verdict).toBe('fails');
    expect(judge(host, image(), {synthetic: true, gpus: 'none'}).verdict).toBe('runs');
  });
});

describe("cuda-compat of the driver's own branch", () => {
  const floorOn = (driver: string, cuda: string) =>
    judge(
      {...machine(driver, 'RTX 3090'), toolkit: {version: '1.14.3'}},
      image({cuda: [cuda], cudaCompat: true}),
      REAL,
    ).rules.find(rule => rule.id === 'driver-floor');

  test("is not put before the driver's own library", () => {
    expect(floorOn('535.54.03', '12.2.2')?.outcome).toBe('warn');
    expect(floorOn('525.60.13', '12.2.2')?.outcome).toBe('fail');
    expect(floorOn('470.42.01', '11.4.3')?.outcome).toBe('warn');
  });

  test('a driver of the same CUDA minor compiles its PTX', () => {
    expect(floorOn('535.54.03', '12.2.2')?.reason).not.toContain('PTX');
    expect(floorOn('525.60.13', '12.2.2')?.reason).toContain('PTX will not be compiled');
  });
});

test.each([
  ['580.95.05', 'RTX 3090', 'unknown'],
  ['580.95.05', 'NVIDIA H100', 'unknown'],
  ['575.57.08', 'RTX 3090', 'pass'],
  ['550.54.14', 'RTX 3090', 'unknown'],
  ['550.54.14', 'NVIDIA H100', 'warn'],
])('an image that has its own cuda-compat found first: driver %s, %s: %s', (driver, gpu, expected) => {
  const facts = image({cuda: ['12.9.1'], cudaCompat: true, compatFirst: true});
  const host = {...machine(driver, gpu), toolkit: {version: '1.17.4'}};
  const rule = judge(host, facts, REAL).rules.find(({id}) => id === 'driver-floor');
  expect(rule?.outcome).toBe(expected);
});

test.each([
  ['418.67', 'GTX 1080 Ti', 'ngc', '19.09', '10.1.243', 'unknown'],
  ['418.87.01', 'GTX 1080 Ti', 'ngc', '19.09', '10.1.243', 'pass'],
  ['418.67', 'Tesla P100', 'ngc', '19.09', '10.1.243', 'pass'],
  ['418.67', 'GTX 1080 Ti', 'ngc', '19.05', '10.1', 'pass'],
  ['430.40', 'GTX 1080 Ti', 'ngc', '19.09', '10.1.243', 'pass'],
  ['418.67', 'GTX 1080 Ti', 'official', null, '10.1.243', 'pass'],
  ['535.54.03', 'RTX 3090', 'ngc', '23.09', '12.2.1', 'warn'],
  ['510.108.03', 'RTX 2080 Ti', 'ngc', '22.12', '11.8.0', 'warn'],
  ['510.108.03', 'RTX 2080 Ti', 'ngc', '21.08', '11.8.0', 'unknown'],
  ['510.108.03', 'RTX 2080 Ti', 'ngc', null, '11.8.0', 'unknown'],
] as const)('an NGC image and its own cuda-compat: driver %s, %s, %s %s, CUDA %s: %s', (...row) => {
  const [driver, gpu, publisher, container, cuda, expected] = row;
  const facts = image({cuda: [cuda], cudaCompat: true, publisher, container});
  const rule = judge(machine(driver, gpu), facts, IMAGINED).rules.find(({id}) => id === 'driver-floor');
  expect(rule?.outcome).toBe(expected);
});

describe('what to do about a driver that is too old', () => {
  const fix = (driver: string, gpu: string, cuda: string, cudaCompat = false) =>
    judge(machine(driver, gpu), image({cuda: [cuda], cudaCompat}), IMAGINED).rules.find(
      rule => rule.id === 'driver-floor',
    )?.fix;

  test.each([
    [
      '470.256.02',
      'RTX 3090',
      '12.6.3',
      'a driver >= 525.60.13, for all of it >= 560.35.05, or an image with CUDA 11.4',
    ],
    ['470.256.02', 'RTX 5090', '12.6.3', 'a driver >= 560.35.05, or an image with CUDA 11.4'],
    ['470.256.02', 'RTX 3090', '12.0.0', 'a driver >= 525.60.13, or an image with CUDA 11.4'],
    ['440.33.01', 'RTX 2080 Ti', '11.0.3', 'a driver >= 450.51.06, or an image with CUDA 10.2'],
    ['410.48', 'RTX 2080 Ti', '10.2', 'a driver >= 440.33, or an image with CUDA 10.0'],
    ['470.256.02', 'Tesla K80', '12.6.3', 'an image with CUDA 11.4; no driver with CUDA 12.6.3 serves Tesla K80'],
    ['470.256.02', 'RTX 3090', '11.8.0', 'for all of it, a driver >= 520.61.05, or an image with CUDA 11.4'],
    [
      '470.256.02',
      'Tesla K80',
      '11.8.0',
      'for all of it, an image with CUDA 11.4; no driver with CUDA 11.8.0 serves Tesla K80',
    ],
    ['580.95.05', 'GTX 1080 Ti', '12.9.1', undefined],
  ])('driver %s, %s, CUDA %s: %s', (driver, gpu, cuda, expected) => {
    expect(fix(driver, gpu, cuda)).toBe(expected);
  });

  test.each([
    ['Tesla K80', 'an older image; no such driver serves Tesla K80'],
    ['Tesla T4', 'a driver >= 531'],
  ])('of a %s, whose publisher asks for a newer one: %s', (gpu, expected) => {
    const {rules} = judge(machine('470.256.02', gpu), image({cuda: ['11.4'], minDriver: '531'}), IMAGINED);
    expect(rules.find(rule => rule.id === 'driver-floor')?.fix).toBe(expected);
  });

  test('where cuda-compat is in the way of a GPU that was dropped, no newer driver helps', () => {
    expect(fix('470.256.02', 'Tesla K80', '11.8.0', true)).toMatch(/^an image without cuda-compat/);
    expect(fix('535.104.05', 'RTX 3090', '12.4.1', true)).toMatch(/^a newer driver, or an image without cuda-compat/);
    expect(fix('470.256.02', 'RTX 3090', '12.4.1', true)).toBe('a driver >= 550.54.15, or an image with CUDA 11.4');
  });
});

describe('require-cuda', () => {
  const needs = (text: string, complete = true) => image({requires: {texts: [text], complete, arch: null}});
  const docker = (version: string, hook: boolean, cdiDevices: string[] | null): Host => {
    const host = machine('535.104.05', 'RTX 3090');
    const engine = {
      ...host.engine,
      kind: 'docker' as const,
      version,
      cdiDevices,
      gpuAccess: {cdi: null, hook, runtime: null},
    };
    return {...host, engine};
  };

  test.each([
    ['cuda>=12.2', true, 'pass'],
    ['cuda>=12.6', true, 'unknown'],
    ['cuda>=12.6', false, 'unknown'],
    ['cuda>=12.6 brand=geforce,driver>=535,driver<536', true, 'pass'],
    ['cuda>=12.6 brand=tesla,driver>=535,driver<536', true, 'unknown'],
  ])('%s (complete %p) in a question: %s', (text, complete, expected) => {
    expect(outcome('require-cuda', machine('535.104.05', 'RTX 3090'), needs(text, complete))).toBe(expected);
  });

  test.each([
    ['450.203.03', 'A100', 'pass'],
    ['450.203.03', 'T4', 'pass'],
    ['450.203.03', 'RTX 2080', 'unknown'],
    ['470.103.01', 'A100', 'unknown'],
  ])('driver %s reports of %s a brand that was there in its time: %s', (driver, gpu, expected) => {
    const branch = Number.parseInt(driver, 10);
    const text = `cuda>=12.6 brand=tesla,driver>=${branch},driver<${branch + 1}`;
    expect(outcome('require-cuda', machine(driver, gpu), needs(text))).toBe(expected);
  });

  test("an image built from one of NVIDIA's may carry what another one of that CUDA says", () => {
    const host = {...machine('450.203.03', 'A100'), engine: docker('28.5.2', true, null).engine};
    const requires = {texts: ['cuda>=11.8 brand=tesla,driver>=470,driver<471'], complete: true, arch: null};
    expect(outcome('require-cuda', host, image({requires}), REAL)).toBe('fail');
    expect(outcome('require-cuda', host, image({requires: {...requires, inheritedFrom: '11.8.0'}}), REAL)).toBe(
      'unknown',
    );
    expect(outcome('require-cuda', host, image({requires: {...requires, inheritedFrom: '13.0.2'}}), REAL)).toBe('fail');
  });

  test.each([
    ['the hook of Docker 28 enforces it', docker('28.5.2', true, null), 'fail'],
    ['CDI devices do not', docker('28.5.2', true, ['nvidia.com/gpu=0']), 'warn'],
    ['from Docker 29.2 the way is not known', docker('29.2.0', true, null), 'unknown'],
    ['without a hook neither', docker('28.5.2', false, null), 'unknown'],
  ])('%s', (_, host, expected) => {
    expect(outcome('require-cuda', host, needs('cuda>=12.6'), REAL)).toBe(expected);
  });

  test.each([
    ['1.17.8', {hook: false, runtime: true}, 'fail'],
    ['1.18.0', {hook: false, runtime: true}, 'warn'],
    [null, {hook: false, runtime: true}, 'unknown'],
    ['1.18.0', {hook: null, runtime: true}, 'unknown'],
    ['1.18.0', {hook: true, runtime: true}, 'fail'],
  ])('by the nvidia runtime of toolkit %p, with %p: %s', (version, access, expected) => {
    const host = docker('28.5.2', true, null);
    const engine = {...host.engine, gpuAccess: {cdi: false, ...access}};
    expect(outcome('require-cuda', {...host, engine, toolkit: {version}}, needs('cuda>=12.6'), REAL)).toBe(expected);
  });

  test('the text of an amd64 image says nothing sure of an arm64 machine', () => {
    const host = machine('535.104.05', 'NVIDIA GH200 480GB');
    const text = 'cuda>=12.6 brand=nvidia,driver>=535,driver<536';
    const of = (arch: string | null) => image({requires: {texts: [text], complete: true, arch}});
    expect(outcome('require-cuda', host, of(null))).toBe('unknown');
    expect(outcome('require-cuda', {...host, os: {...host.os, arch: 'arm64'}}, of('amd64'))).toBe('unknown');
    const geforce = docker('28.5.2', true, null);
    const unmet = image({requires: {texts: ['cuda>=12.6 brand=tesla'], complete: true, arch: 'amd64'}});
    expect(outcome('require-cuda', geforce, unmet, REAL)).toBe('fail');
    expect(outcome('require-cuda', {...geforce, os: {...geforce.os, arch: 'arm64'}}, unmet, REAL)).toBe('unknown');
  });

  test('several texts are all needed; none is nothing to meet; not known is unknown', () => {
    const host = machine('535.104.05', 'RTX 3090');
    const two = image({requires: {texts: ['cuda>=12.2', 'cuda>=12.6'], complete: true, arch: null}});
    expect(outcome('require-cuda', host, two)).toBe('unknown');
    expect(outcome('require-cuda', host, image())).toBe('pass');
    expect(outcome('require-cuda', host, image({requires: null}))).toBe('unknown');
    expect(outcome('require-cuda', host, {...two, requireDisabled: true})).toBe('skip');
  });
});

describe('driver-gpu', () => {
  test.each([
    ['580.95.05', 'GTX 1080', 'pass'],
    ['590.48.01', 'GTX 1080', 'fail'],
    ['470.256.02', 'Tesla K80', 'pass'],
    ['510.47.03', 'Tesla K80', 'fail'],
    ['565.57.01', 'RTX 5090', 'fail'],
    ['570.86.15', 'RTX 5090', 'pass'],
    ['520.56.06', 'RTX 4090', 'pass'],
    ['999.1', 'RTX 4090', 'unknown'],
    ['535.1', 'unheard of', 'unknown'],
    ['535.104.05', 'GRID T4-16C', 'pass'],
    ['535.104.05', 'NVIDIA A16-4Q', 'pass'],
    ['535.104.05', 'GRID A100-4-20C', 'pass'],
    ['535.104.05', 'NVIDIA A16-2B', 'fail'],
    ['535.104.05', 'GRID T4-16A', 'fail'],
    ['418.240', 'GRID M60-1B4', 'fail'],
    ['418.240', 'GRID M60-4Q', 'fail'],
    ['418.240', 'GRID M60-8Q', 'pass'],
  ])('driver %s with %s: %s', (driver, gpu, expected) => {
    expect(outcome('driver-gpu', machine(driver, gpu), image())).toBe(expected);
  });

  test.each([
    ['open', 'GTX 1080', 'fail'],
    ['open', 'RTX 2080 Ti', 'pass'],
    ['proprietary', 'GTX 1080', 'pass'],
    ['proprietary', 'RTX 5090', 'fail'],
    ['open', 'RTX 5090', 'pass'],
    [null, 'RTX 5090', 'pass'],
  ] as const)('%p kernel modules with %s that no nvidia-smi names: %s', (flavor, gpu, expected) => {
    const host = machine('580.95.05', gpu);
    expect(outcome('driver-gpu', {...host, driver: {...host.driver, flavor}}, image(), REAL)).toBe(expected);
  });

  test('a real machine whose driver names the GPU needs no table; a lost GPU fails', () => {
    const host = machine('999.1', 'RTX 4090');
    const as = (state: 'ok' | 'lost') => ({...host, gpus: host.gpus?.map(gpu => ({...gpu, state})) ?? null});
    expect(outcome('driver-gpu', as('ok'), image(), REAL)).toBe('pass');
    expect(outcome('driver-gpu', as('lost'), image(), REAL)).toBe('fail');
  });

  test('a vGPU for desktops has no CUDA, though its driver names it', () => {
    const host = machine('535.104.05', 'NVIDIA A16-2B');
    const gpus = host.gpus?.map(gpu => ({...gpu, state: 'ok' as const})) ?? null;
    expect(outcome('driver-gpu', {...host, gpus}, image(), REAL)).toBe('fail');
  });
});

describe('image-content', () => {
  test.each([
    ['RTX 3090', {}, 'pass'],
    ['RTX 3090', {broken: 'for the test'}, 'fail'],
    ['RTX 3090', {described: false}, 'unknown'],
    ['Tesla K80', {cudnn: '9.1.0'}, 'fail'],
    ['Tesla K80', {cudnn: '8.9.2.26'}, 'fail'],
    ['Tesla K80', {cudnn: '8.7.0'}, 'pass'],
    ['GTX 750 Ti', {cudnn: '9.1.0'}, 'pass'],
  ])('%s with %p: %s', (gpu, change, expected) => {
    expect(outcome('image-content', machine('470.256.02', gpu), image(change))).toBe(expected);
  });
});

describe('platform', () => {
  const on = (arch: string | null): Host => {
    const host = machine('580.95.05', 'RTX 3090');
    return {...host, os: {...host.os, arch}};
  };

  test.each([
    ['x64', {}, 'pass'],
    ['arm64', {}, 'fail'],
    ['arm64', {platforms: ['amd64', 'arm64']}, 'pass'],
    ['riscv64', {}, 'fail'],
    ['x64', {platforms: null}, 'unknown'],
  ])('%s with %p: %s', (arch, change, expected) => {
    expect(outcome('platform', on(arch), image(change))).toBe(expected);
  });

  test.each([
    [['RTX 3090', 'RTX 3090'], / DIR; by driver and GPU alone: --for-driver 535\.183\.01( --for-gpu "RTX 3090"){2}$/],
    [['$(reboot)'], / DIR$/],
  ])('what a capture of %j lacks is had there, or left out of the question', (gpus, fix) => {
    const question = {synthetic: false, recorded: true, gpus: 'all'} as const;
    const {rules} = judge(machine('535.183.01', gpus), image(), question);
    const lacking = rules.filter(({outcome, reason}) => outcome === 'unknown' && /(?:engine|CPU) of this/.test(reason));
    expect(lacking.map(({id}) => id)).toEqual(['engine-gpu-access', 'platform', 'engine-version']);
    for (const rule of lacking) expect(rule.fix).toMatch(fix);
  });

  test('a CPU that is not known is unknown on a real machine and left out of a question', () => {
    expect(outcome('platform', on(null), image(), REAL)).toBe('unknown');
    expect(outcome('platform', on(null), image())).toBe('skip');
    expect(outcome('platform', machine('580.95.05', 'NVIDIA GH200 480GB'), image())).toBe('fail');
  });

  test.each([
    ['RTX 5090', 'fail'],
    ['NVIDIA GH200 480GB', 'fail'],
    ['Orin', 'pass'],
    ['a GPU of tomorrow', 'skip'],
  ])('on %s an image for Jetson: %s', (gpu, expected) => {
    const facts = image({tag: '24.05-py3-igpu', platforms: ['arm64']});
    expect(outcome('platform', machine('580.95.05', gpu), facts)).toBe(expected);
  });

  test.each([
    ['12.2', '12.4.1', '24.05-py3', 'fail'],
    ['12.6', '12.4.1', '24.05-py3-igpu', 'pass'],
    ['13.0', '13.0.2', '26.01-py3', 'pass'],
    [null, '13.0.2', '26.01-py3', 'unknown'],
  ])('a Jetson with CUDA %p and CUDA %s in %s: %s', (cudaVersion, cuda, tag, expected) => {
    const base = machine('540.4.0', 'Orin');
    const host = {...base, driver: {...base.driver, flavor: 'tegra' as const, cudaVersion, cudaVersionDerived: null}};
    expect(outcome('platform', host, image({platforms: ['arm64'], tag, cuda: [cuda]}))).toBe(expected);
  });
});

describe('rules about the machine itself', () => {
  const real = (change: Partial<Host>): Host => {
    const host = machine('580.95.05', 'RTX 3090', change);
    return {...host, os: {...host.os, arch: 'x64'}};
  };
  const resources = machine('1', []).resources;
  const engine = machine('1', []).engine;

  test.each([
    [['avx', 'sse'], 'tensorflow', 'pass'],
    [['sse'], 'tensorflow', 'fail'],
    [null, 'tensorflow', 'unknown'],
    [['sse'], 'pytorch', 'pass'],
  ])('CPU flags %p for %s: %s', (cpuFlags, framework, expected) => {
    expect(outcome('cpu', real({resources: {...resources, cpuFlags}}), image({framework}), REAL)).toBe(expected);
  });

  test.each([
    [{cdi: null, hook: null, runtime: null}, ['nvidia.com/gpu=0'], 'pass'],
    [{cdi: false, hook: true, runtime: false}, [], 'pass'],
    [{cdi: false, hook: false, runtime: true}, [], 'pass'],
    [{cdi: false, hook: false, runtime: false}, [], 'fail'],
    [{cdi: false, hook: null, runtime: false}, null, 'unknown'],
  ])('an engine with %p and devices %p: %s', (gpuAccess, cdiDevices, expected) => {
    const host = real({engine: {...engine, kind: 'docker', version: '28.5.2', gpuAccess, cdiDevices}});
    expect(outcome('engine-gpu-access', host, image(), REAL)).toBe(expected);
    expect(outcome('engine-gpu-access', host, image({gpu: false}), REAL)).toBe('skip');
  });

  test.each([
    ['20.10.24', 'ubuntu22.04', 'pass'],
    ['20.10.24+dfsg1', 'ubuntu22.04', 'pass'],
    ['20.10.5', 'ubuntu22.04', 'fail'],
    ['20.10.5', 'ubuntu20.04', 'pass'],
    ['20.10.5', 'rockylinux9', 'fail'],
    ['20.10.5', null, 'unknown'],
    ['dev', 'ubuntu22.04', 'unknown'],
  ])('Docker %s for %s: %s', (version, os, expected) => {
    expect(outcome('engine-version', real({engine: {...engine, kind: 'docker', version}}), image({os}), REAL)).toBe(
      expected,
    );
  });

  test('in a question all of them are left out', () => {
    for (const id of ['cpu', 'engine-gpu-access', 'engine-version', 'space'] as const) {
      expect(outcome(id, machine('580.95.05', 'RTX 3090'), image())).toBe('skip');
    }
  });
});

test.each<[ImageFacts['size'], number | null, string, string]>([
  [null, 1_000, 'skip', 'the size of the image was not read'],
  [
    {compressed: 3e9, missing: null, seconds: null},
    20_000,
    'pass',
    '3.0 GB to download, about 10.2 GB while it is unpacked; 21.0 GB are free',
  ],
  [
    {compressed: 3e9, missing: 1e9, seconds: 50},
    2_000,
    'warn',
    '1.0 GB of 3.0 GB to download, the engine has the rest, about 50 s at the rate of the last pull from there, about 3.4 GB while it is unpacked; only 2.1 GB are free',
  ],
  [
    {compressed: 3e9, missing: 3e9, seconds: 600},
    null,
    'skip',
    '3.0 GB to download, about 10 min at the rate of the last pull from there, about 10.2 GB while it is unpacked; how much is free where the engine stores images is not known',
  ],
])('space: %j with %p MiB free', (size, diskFreeMiB, expected, reason) => {
  const host = machine('580.95.05', 'RTX 3090');
  const real = {...host, resources: {...host.resources, diskFreeMiB}};
  const said = judge(real, image({size}), {synthetic: false, gpus: 'all'}).rules.find(({id}) => id === 'space');
  expect(said).toMatchObject({outcome: expected, reason});
});
