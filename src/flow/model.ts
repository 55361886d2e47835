import {basename, join, resolve} from 'node:path';
import {Failure} from '../failure.js';
import {
  type LayoutProblem,
  type Listing,
  layoutFailure,
  tensorflowProblem,
  tritonProblem,
  vllmProblem,
} from '../launch/model-layout.js';
import type {Model, Preset} from '../launch/presets.js';
import type {World} from '../world/world.js';

type Files = Pick<World, 'list' | 'stat' | 'cwd'>;

/** Looks at a model before anything starts. Throws `model_missing`, `model_layout`. */
export async function readModel(world: Files, preset: Exclude<Preset, 'app'>, model: string): Promise<Model> {
  const path = resolve(world.cwd, model);
  const facts = await world.stat(path);
  if (facts.status !== 'ok') {
    // A model id of Hugging Face: OWNER/NAME, and nothing that looks like a path.
    if (preset === 'vllm' && /^[\w-][\w.-]*\/[\w.-]+$/.test(model)) return {name: model, path: null};
    throw new Failure({
      code: 'model_missing',
      message: `no model can be read at ${path}`,
      cause: facts.status === 'not-found' ? 'there is nothing' : 'you may not read it, or one of the folders above it',
      fix: preset === 'vllm' ? 'name a folder, or a model id as OWNER/NAME' : 'name the folder that holds the model',
    });
  }
  if (preset === 'torchserve') return archive(path, facts.value.kind);
  if (facts.value.kind !== 'folder') throw layoutFailure(notFolder(path));
  const problem = PROBLEMS[preset](await listing(world, path), path);
  if (problem !== null) throw layoutFailure(problem);
  return {name: nameOf(path), path};
}

const PROBLEMS = {tensorflow: tensorflowProblem, triton: tritonProblem, vllm: vllmProblem} as const;

function archive(path: string, kind: string): Model {
  if (kind === 'file' && path.endsWith('.mar')) return {name: nameOf(path.slice(0, -'.mar'.length)), path};
  throw layoutFailure({
    message: `${path} is no model archive (.mar)`,
    cause: 'TorchServe loads archives that torch-model-archiver makes',
    fix: 'torch-model-archiver --model-name NAME --version 1.0 --handler HANDLER --serialized-file MODEL.pt',
  });
}

/** Part of an address and of a mount: what does not fit there is left out. */
const nameOf = (path: string): string => basename(path).replace(/[^\w.-]+/g, '-') || 'model';

/** Three levels deep: as far as the deepest of the layouts goes. */
async function listing(world: Files, folder: string, prefix = '', depth = 3): Promise<Listing> {
  const names = await world.list(join(folder, prefix));
  if (names.status !== 'ok' || depth === 0) return [];
  const entries = await Promise.all(
    names.value.slice(0, MOST).map(async name => {
      const facts = await world.stat(join(folder, prefix, name));
      const isFolder = facts.status === 'ok' && facts.value.kind === 'folder';
      if (!isFolder) return [`${prefix}${name}`];
      return [`${prefix}${name}/`, ...(await listing(world, folder, `${prefix}${name}/`, depth - 1))];
    }),
  );
  return entries.flat();
}

/** Entries of one folder that are looked at. */
const MOST = 500;

const notFolder = (path: string): LayoutProblem => ({
  message: `${path} is a file`,
  cause: 'the server reads a folder',
  fix: 'name the folder that holds the model',
});
