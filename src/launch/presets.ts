import {APP_PORT} from '../dockerfile/target.js';
import {job, type Work} from './work.js';

export const PRESETS = ['tensorflow', 'triton', 'torchserve', 'vllm', 'app'] as const;
export type Preset = (typeof PRESETS)[number];

/** A model that was looked at and found fit for its server. */
export interface Model {
  /** As requests name it. */
  name: string;
  /** Absolute path; null: the server fetches the model by its name. */
  path: string | null;
}

/** How a server is started, how it says that it is ready, and how it is asked. Facts: the images' own documentation. */
export interface Server {
  /** The repository of its image; null: the project's own image. */
  repository: string | null;
  work: Work;
  /** The model of this machine, and where the server looks for it; null: it has none. */
  model: {path: string; inside: string} | null;
  /** Path that answers 200 once requests can be served. */
  health: string;
  /** What that answer has to contain; null: nothing. */
  healthText: string | null;
  /** The first request to try. */
  request: {method: 'GET' | 'POST'; path: string};
}

const GRACE = 30;

const server = (port: number, command: readonly string[] | null, change: Partial<Work>): Work => ({
  ...job(command ?? [], {purpose: 'server', port, detach: true, restart: true, stopSeconds: GRACE}),
  workspace: false,
  ...(command === null ? {entrypoint: null, command: null} : {}),
  ...change,
});

/** A server that reads its model where it is mounted. */
const reading = (
  model: Server['model'],
  port: number,
  command: readonly string[] | null,
  change: Partial<Work> = {},
): Pick<Server, 'work' | 'model'> => ({
  work: server(port, command, {...change, binds: model === null ? [] : [`${model.path}:${model.inside}:ro`]}),
  model,
});

/** `gpus`: how many the server gets. */
export function presetServer(preset: Exclude<Preset, 'app'>, {name, path}: Model, gpus: number): Server {
  const at = (inside: string): Server['model'] => (path === null ? null : {path, inside});
  switch (preset) {
    case 'tensorflow':
      return {
        repository: 'docker.io/tensorflow/serving',
        ...reading(at(`/models/${name}`), 8501, null, {env: [`MODEL_NAME=${name}`]}),
        health: `/v1/models/${name}`,
        healthText: 'AVAILABLE',
        request: {method: 'GET', path: `/v1/models/${name}/metadata`},
      };
    case 'triton':
      return {
        repository: 'nvcr.io/nvidia/tritonserver',
        ...reading(at('/models'), 8000, ['tritonserver', '--model-repository=/models']),
        health: '/v2/health/ready',
        healthText: null,
        request: {method: 'POST', path: '/v2/repository/index'},
      };
    case 'torchserve':
      return {
        repository: 'docker.io/pytorch/torchserve',
        ...reading(at(`${STORE}/${name}.mar`), 8080, torchserve(name), {
          // Its own folder for logs belongs to a user of the image's.
          env: ['LOG_LOCATION=/tmp', 'METRICS_LOCATION=/tmp'],
        }),
        health: '/ping',
        healthText: null,
        request: {method: 'GET', path: '/ping'},
      };
    case 'vllm':
      return {
        repository: 'docker.io/vllm/vllm-openai',
        ...reading(at('/model'), 8000, vllm(path === null ? name : '/model', name, gpus)),
        health: '/health',
        healthText: null,
        request: {method: 'GET', path: '/v1/models'},
      };
  }
}

const STORE = '/home/model-server/model-store';

const torchserve = (name: string): string[] => [
  ...['torchserve', '--start', '--foreground', '--model-store', STORE],
  ...['--models', `${name}=${name}.mar`],
];

/** One model over several GPUs is split by tensor parallelism. */
const vllm = (model: string, name: string, gpus: number): string[] => [
  ...['vllm', 'serve', model, '--served-model-name', name, '--host', '0.0.0.0', '--port', '8000'],
  ...(gpus > 1 ? ['--tensor-parallel-size', String(gpus)] : []),
];

/** A web application of the project's, in an image that holds it and starts it by itself. */
export const appServer = (health: string): Server => ({
  repository: null,
  work: server(APP_PORT, null, {}),
  model: null,
  health,
  healthText: null,
  request: {method: 'GET', path: health},
});
