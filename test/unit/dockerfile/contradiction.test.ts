import {expect, test} from '@jest/globals';
import {contradiction} from '../../../src/dockerfile/contradiction.js';
import type {FrameworkName} from '../../../src/environment/framework.js';
import {undescribedImage} from '../../../src/matrix/image-facts.js';

const image = (framework: string | null, version: string | null) => ({
  ...undescribedImage('pytorch/pytorch:2.5.1-cuda12.4-cudnn9-runtime'),
  framework,
  version,
});
const wish = (name: FrameworkName, specifier: string) => ({name, specifier, from: 'requirements.txt:1'});

test.each<[string, string, string | null, string | null, boolean]>([
  ['another version', '==2.3.*', 'pytorch', '2.5.1', true],
  ['the same version', '==2.5.*', 'pytorch', '2.5.1', false],
  ['any version', '', 'pytorch', '2.5.1', false],
  ['another framework', '==2.3.*', 'tensorflow', '2.15.0', false],
  ['an unknown version', '==2.3.*', 'pytorch', null, false],
  ['an unknown image', '==2.3.*', null, null, false],
])('%s', (_, specifier, framework, version, contradicts) => {
  expect(contradiction(wish('pytorch', specifier), image(framework, version)) !== null).toBe(contradicts);
});

test('an image that nothing is known of contradicts nothing', () => {
  expect(contradiction(wish('pytorch', '==2.3.*'), null)).toBeNull();
});

test('both ways out are named', () => {
  const failure = contradiction(wish('pytorch', '==2.3.*'), image('pytorch', '2.5.1'));
  expect(failure?.message).toMatch(/requirements.txt:1 asks for pytorch==2.3.\*.*2.5.1/);
  expect(failure?.fix).toMatch(/--keep image.*--keep files/);
});
