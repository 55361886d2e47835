import {describe, expect, test} from '@jest/globals';
import {type BaseQuestion, baseOptions} from '../../../src/dockerfile/base.js';
import {project} from '../environment/memory.js';

const PYTORCH = {
  image: 'pytorch/pytorch:2.4.1-runtime',
  builder: 'pytorch/pytorch:2.4.1-devel',
  python: '3.11',
  gpu: true,
  why: 'best',
};
const images = (change: Partial<BaseQuestion>) =>
  baseOptions({project: project(), wish: null, gpus: 0, frameworkImages: [], ...change}).map(({image}) => image);
const wish = {name: 'pytorch' as const, specifier: '', from: 'r:1'};

describe('bases, best first', () => {
  test.each<[string, Partial<BaseQuestion>, string[]]>([
    ['nothing is asked', {}, ['python:3.12-slim', 'gpudock/bootstrap:trixie']],
    [
      'a framework',
      {wish, frameworkImages: [PYTORCH]},
      [PYTORCH.image, 'python:3.12-slim', 'gpudock/bootstrap:trixie'],
    ],
    [
      'its Python fits',
      {wish, frameworkImages: [PYTORCH], project: project({python: '3.11'})},
      [PYTORCH.image, 'python:3.11-slim', 'gpudock/bootstrap:bookworm'],
    ],
    [
      'its Python does not fit',
      {wish, frameworkImages: [PYTORCH], project: project({python: '>=3.13'})},
      ['python:3.13-slim', 'gpudock/bootstrap:trixie'],
    ],
    ['a Python that Debian has not', {project: project({python: '3.12'})}, ['python:3.12-slim']],
    [
      'a Python that only the framework image has',
      {wish, frameworkImages: [{...PYTORCH, python: '3.8'}], project: project({python: '3.8'})},
      [PYTORCH.image],
    ],
    ['a patch version', {project: project({python: '3.11.4'})}, ['python:3.11-slim', 'gpudock/bootstrap:bookworm']],
    [
      'bootstrap is asked for',
      {wish, frameworkImages: [PYTORCH], project: project({settings: {base: 'bootstrap'}})},
      ['gpudock/bootstrap:trixie'],
    ],
    [
      'an image is asked for',
      {wish, frameworkImages: [PYTORCH], project: project({settings: {base: 'site/base:1'}})},
      ['site/base:1'],
    ],
  ])('%s', (_, question, expected) => {
    expect(images(question)).toEqual(expected);
  });

  test.each([{}, {base: 'bootstrap'}])('a Python that none has is refused: %j', settings => {
    expect(() => images({project: project({python: '2.7', settings})})).toThrow(
      expect.objectContaining({code: 'python_unavailable', fix: expect.any(String)}),
    );
  });
});
