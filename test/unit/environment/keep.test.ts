import {expect, test} from '@jest/globals';
import {leftToImage} from '../../../src/environment/keep.js';
import {project, requirement} from './memory.js';

test('what the image brings of the framework is in no file any more, and lines keep their numbers', () => {
  const text = 'numpy\nTorch==2.3 \\\n  --hash=sha256:00\ntorchvision>=0.18 # with it\ntorchmetrics\n';
  const names = ['numpy', 'torch', 'torchvision', 'torchmetrics'];
  const left = leftToImage(
    project({
      kind: 'requirements',
      files: [{path: 'requirements.txt', text}],
      requirements: names.map(name => requirement({name, from: 'requirements.txt:1'})),
    }),
    'pytorch',
  );
  expect(left.files[0]?.text).toBe('numpy\n\n\n\ntorchmetrics\n');
  expect(left.requirements.map(({name}) => name)).toEqual(['numpy', 'torchmetrics']);
  expect(left.settings.framework).toBe('pytorch');
  expect(left.notes).toEqual(['torch, torchvision: left to the image, as asked for']);
});
