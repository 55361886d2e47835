import {Failure} from '../failure.js';

/** What the model's folder holds, as far as its server cares: paths relative to it, folders with a slash at the end. */
export type Listing = readonly string[];

/** What is wrong with a model for its server; null: nothing that can be seen from outside. */
export interface LayoutProblem {
  message: string;
  cause: string;
  fix: string;
}

/** TensorFlow Serving loads the highest version: `MODEL/1/saved_model.pb` (g3doc/serving_basic.md). */
export function tensorflowProblem(listing: Listing, path: string): LayoutProblem | null {
  const versions = listing.filter(entry => /^\d+\/$/.test(entry));
  if (versions.length === 0 && listing.some(entry => /^saved_model\.pb(?:txt)?$/.test(entry)))
    return {
      message: `${path} is itself a SavedModel: there is no version folder under it`,
      cause: 'TensorFlow Serving looks for a folder named by a number, such as 1',
      fix: `mkdir -p MODEL/1 && cp -r ${path}/. MODEL/1/, then gpudock serve tensorflow MODEL`,
    };
  if (versions.length === 0)
    return {
      message: `there is no version folder under ${path}`,
      cause: `it holds ${named(listing)}; TensorFlow Serving looks for a folder named by a number, such as 1`,
      fix: `save the model to ${path}/1`,
    };
  if (versions.some(version => listing.some(entry => SAVED_MODEL.test(entry) && entry.startsWith(version))))
    return null;
  return {
    message: `there is no saved_model.pb in ${path}/${versions.at(-1)?.slice(0, -1)}`,
    cause: `${path} holds ${named(listing)}`,
    fix: 'export it as a SavedModel: model.export(…) of Keras, or tf.saved_model.save',
  };
}

const SAVED_MODEL = /^\d+\/saved_model\.pb(?:txt)?$/;

/** Triton's repository: `MODEL/VERSION/…`, and `config.pbtxt` where the back end cannot tell (docs/user_guide/model_repository.md). */
export function tritonProblem(listing: Listing, path: string): LayoutProblem | null {
  const models = [...new Set(listing.flatMap(entry => /^([^/]+)\//.exec(entry)?.[1] ?? []))];
  if (models.some(model => listing.some(entry => entry.startsWith(`${model}/`) && VERSION.test(entry)))) return null;
  const itself = listing.some(entry => /^\d+\/$/.test(entry) || entry === 'config.pbtxt');
  return {
    message: itself ? `${path} is a model and not a repository of models` : `there is no model under ${path}`,
    cause: 'Triton looks for MODEL/VERSION/, the version a number, such as resnet/1/model.onnx',
    fix: itself ? 'name the folder above it' : `it holds ${named(listing)}`,
  };
}

const VERSION = /^[^/]+\/\d+\/$/;

/** vLLM reads a folder in Hugging Face's layout. */
export const vllmProblem = (listing: Listing, path: string): LayoutProblem | null =>
  listing.includes('config.json') || listing.some(entry => entry.endsWith('.gguf'))
    ? null
    : {
        message: `there is no config.json in ${path}`,
        cause: `it holds ${named(listing)}; vLLM reads a folder as Hugging Face's save_pretrained writes it`,
        fix: 'name the folder that holds config.json, or a model id such as Qwen/Qwen2.5-0.5B-Instruct',
      };

const SHOWN = 4;

const named = (listing: Listing): string => {
  const top = listing.filter(entry => !entry.slice(0, -1).includes('/'));
  return top.length === 0 ? 'nothing' : `${top.slice(0, SHOWN).join(', ')}${top.length > SHOWN ? ', …' : ''}`;
};

export const layoutFailure = ({message, cause, fix}: LayoutProblem): Failure =>
  new Failure({code: 'model_layout', message: `the model does not fit its server: ${message}`, cause, fix});
