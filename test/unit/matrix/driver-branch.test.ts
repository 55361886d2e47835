import {describe, expect, test} from '@jest/globals';
import {branchOf, cudaOfDriver} from '../../../src/matrix/driver-branch.js';

describe('driver branches', () => {
  test.each([
    ['535.104.05', false, '12.2'],
    ['470.256.02', false, '11.4'],
    ['615.71.09', false, '13.4'],
    ['551.78', true, '12.4'],
    ['555.99', true, '12.5'],
    ['537.13', true, '12.2'],
    ['570.65', true, '12.8'],
    ['536.40', false, null],
    ['570.10', true, null],
    ['700.01', false, null],
    ['not a driver', false, null],
    [null, false, null],
  ])('%s (wsl %p) reports CUDA %p', (driver, wsl, cuda) => {
    expect(cudaOfDriver(driver, {wsl})).toBe(cuda);
  });

  test('a Windows number and a Linux number of one branch meet', () => {
    expect(branchOf('551.78', {wsl: true})).toBe(branchOf('550.54.15', {wsl: false}));
  });
});
