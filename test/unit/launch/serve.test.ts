import {describe, expect, test} from '@jest/globals';
import {tensorflowProblem, tritonProblem, vllmProblem} from '../../../src/launch/model-layout.js';
import {appServer, presetServer} from '../../../src/launch/presets.js';

describe('layouts of models', () => {
  test.each<[string, string[], RegExp | null]>([
    ['whole', ['1/', '1/saved_model.pb', '1/variables/'], null],
    ['several versions, one of them whole', ['1/', '2/', '2/saved_model.pb'], null],
    ['empty', [], /no version folder under \/m/],
    ['another kind of model', ['model.pt'], /no version folder/],
    ['a SavedModel itself', ['saved_model.pb', 'variables/'], /itself a SavedModel/],
    ['a version without a model', ['1/', '1/weights.h5'], /no saved_model\.pb in \/m\/1/],
    ['a version that is a word', ['v1/', 'v1/saved_model.pb'], /no version folder/],
  ])('tensorflow: %s', (_, listing, message) => {
    const problem = tensorflowProblem(listing, '/m');
    if (message === null) expect(problem).toBeNull();
    else expect(problem).toMatchObject({message: expect.stringMatching(message), fix: expect.any(String)});
  });

  test.each<[string, string[], RegExp | null]>([
    ['whole', ['resnet/', 'resnet/1/', 'resnet/1/model.onnx', 'resnet/config.pbtxt'], null],
    ['empty', [], /no model under/],
    ['a model itself', ['1/', '1/model.onnx', 'config.pbtxt'], /is a model and not a repository/],
    ['a model without a version', ['resnet/', 'resnet/model.onnx'], /no model under/],
  ])('triton: %s', (_, listing, message) => {
    const problem = tritonProblem(listing, '/m');
    if (message === null) expect(problem).toBeNull();
    else expect(problem).toMatchObject({message: expect.stringMatching(message)});
  });

  test.each<[string, string[], boolean]>([
    ['whole', ['config.json', 'model.safetensors'], true],
    ['a GGUF file', ['q4.gguf'], true],
    ['weights alone', ['model.safetensors'], false],
  ])('vllm: %s', (_, listing, fits) => {
    expect(vllmProblem(listing, '/m') === null).toBe(fits);
  });
});

test('presets mount the model read-only, publish their own port, and end in their own time', () => {
  const model = {name: 'digits', path: '/m/digits'};
  const tensorflow = presetServer('tensorflow', model, 0);
  expect(tensorflow.work).toMatchObject({
    port: 8501,
    binds: ['/m/digits:/models/digits:ro'],
    command: null,
    restart: true,
  });
  expect(tensorflow.health).toBe('/v1/models/digits');
  expect(presetServer('triton', model, 0).work).toMatchObject({port: 8000, binds: ['/m/digits:/models:ro']});
  expect(presetServer('torchserve', {name: 'd', path: '/m/d.mar'}, 0).work.command).toContain('d=d.mar');
  expect(presetServer('vllm', {name: 'a/b', path: null}, 2).work).toMatchObject({
    binds: [],
    command: expect.arrayContaining(['a/b', '--tensor-parallel-size', '2']),
  });
});

test('an app is started by its own image, which holds it: nothing is mounted over it', () => {
  expect(appServer('/health')).toMatchObject({
    health: '/health',
    work: {entrypoint: null, command: null, port: 8000, workspace: false},
  });
});
