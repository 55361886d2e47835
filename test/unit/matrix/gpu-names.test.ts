import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {architectureOf} from '../../../src/matrix/architecture.js';
import {matrixDocument} from '../../../src/matrix/data.js';
import {gpuFacts} from '../../../src/matrix/gpu-names.js';

describe('GPU names', () => {
  test.each([
    ['NVIDIA GeForce RTX 3060 Laptop GPU', '8.6', 'geforce'],
    ['NVIDIA GeForce RTX 2080 SUPER', '7.5', 'geforce'],
    ['NVIDIA GeForce GTX 1650 with Max-Q Design', '7.5', 'geforce'],
    ['GeForce GTX 1060 6GB', '6.1', 'geforce'],
    ['NVIDIA GeForce RTX 2050', '8.6', 'geforce'],
    ['NVIDIA GeForce MX450', '7.5', 'geforce'],
    ['GeForce GTX TITAN X', '5.2', 'geforce'],
    ['NVIDIA TITAN X (Pascal)', '6.1', 'titan'],
    ['NVIDIA TITAN RTX', '7.5', 'titan'],
    ['Tesla V100-SXM2-32GB', '7.0', 'data-centre'],
    ['Tesla P100-PCIE-16GB', '6.0', 'data-centre'],
    ['Tesla K40m', '3.5', 'data-centre'],
    ['NVIDIA A100-SXM4-40GB MIG 3g.20gb', '8.0', 'data-centre'],
    ['NVIDIA A10', '8.6', 'data-centre'],
    ['NVIDIA H100 80GB HBM3', '9.0', 'data-centre'],
    ['NVIDIA B300 SXM6 AC', '10.3', 'data-centre'],
    ['Quadro RTX 6000', '7.5', 'workstation'],
    ['NVIDIA RTX 6000 Ada Generation', '8.9', 'workstation'],
    ['NVIDIA RTX 4000 SFF Ada Generation', '8.9', 'workstation'],
    ['NVIDIA RTX A6000', '8.6', 'workstation'],
    ['NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition', '12.0', 'workstation'],
    ['NVIDIA RTX PRO 6000 Blackwell Server Edition', '12.0', 'data-centre'],
    ['Orin (nvgpu)', '8.7', 'jetson'],
    ['NVIDIA Thor', '11.0', 'jetson'],
    ['NVIDIA GB10', '12.1', 'other'],
    ['RTX 4090', '8.9', 'geforce'],
    ['rtx3090ti', '8.6', 'geforce'],
    ['NVIDIA RTXA6000-48Q', '8.6', 'workstation'],
    ['NVIDIA H100XM-80C', '9.0', 'data-centre'],
    ['NVIDIA RTX A500 Embedded GPU', '8.6', 'workstation'],
    ['NVIDIA TITAN Xp COLLECTORS EDITION', '6.1', 'titan'],
    ['NVIDIA P106-100', '6.1', 'other'],
    ['DGX Spark', '12.1', 'other'],
  ])('%s is %s, %s', (name, computeCapability, kind) => {
    expect(gpuFacts(name)).toMatchObject({computeCapability, class: kind});
  });

  test.each([
    ['GRID P40-12Q', '6.1'],
    ['NVIDIA L40S-48Q', '8.9'],
    ['GRID A100-4-20C', '8.0'],
    ['GRID RTX6000-12Q', '7.5'],
  ])('a vGPU (%s) has the chip of its card, and a brand that only its licence tells', (name, computeCapability) => {
    expect(gpuFacts(name)).toMatchObject({computeCapability, brand: null});
  });

  test.each([
    ['NVIDIA GeForce RTX 30...', '8.6'],
    ['NVIDIA GeForce RTX 2080 ...', '7.5'],
    ['NVIDIA A100-SXM...', '8.0'],
    ['NVIDIA GeForce RTX 20...', null],
    ['NVIDIA GeForce ...', null],
    ['NVIDIA RTX 4000 ...', null],
  ])('a name that a table cut (%s) is %p', (name, computeCapability) => {
    expect(gpuFacts(name)?.computeCapability ?? null).toBe(computeCapability);
  });

  test.each([
    ['RTX 6000'],
    ['TITAN X'],
    ['GeForce GTX 860M'],
    ['NVIDIA GeForce RTX 6090'],
    ['NVIDIA Graphics Device'],
    ['NVIDIA GeForce RTX 3090 Nonsense'],
    ['GeForce 8600M GS'],
    [''],
    [null],
  ])('%s is not guessed', name => {
    expect(gpuFacts(name)).toBeNull();
  });

  test('every name of the data is found under its own capability, which is a known architecture', () => {
    for (const {cc, names} of matrixDocument<{rows: {cc: string; names: string[]}[]}>('gpus').rows) {
      expect(architectureOf(cc)).not.toBeNull();
      for (const name of names) expect([name, gpuFacts(`NVIDIA ${name}`)?.computeCapability]).toEqual([name, cc]);
    }
  });

  test('any text is answered', () => {
    fc.assert(
      fc.property(fc.string({maxLength: 300}), text => {
        const facts = gpuFacts(text);
        expect(facts === null || /^\d+\.\d$/.test(facts.computeCapability)).toBe(true);
      }),
    );
  });
});
