import {atLeast} from '../matrix/dotted.js';
import type {DockerfileQuestion} from './question.js';

/** One step that puts packages into the virtual environment, or finds out which. */
export interface Install {
  /** Name of the stage that it makes. */
  stage: string;
  comment: string;
  files: readonly string[];
  /** The stage that it goes on from; null: the one before. */
  parent: string | null;
  /** Files that the stage `resolved` wrote. */
  made: readonly string[];
  /** Whether it may use the caller's own secrets and ssh agent. */
  private: boolean;
  /** The folder that it fills: the environment, or one that is laid over it in the image; null: it only finds something out. */
  into: string | null;
  run: string;
}

export const ENVIRONMENT = '/opt/venv';

/** What most steps have in common. */
export const INSTALL = {parent: null, files: [], made: [], private: true, into: ENVIRONMENT} as const;

/** The program that installs, up to what it installs. */
export const installer = (question: DockerfileQuestion, overBase: boolean): string =>
  overBase
    ? 'python -m pip install -c /opt/constraints.txt'
    : `/opt/uv/bin/uv pip install --compile-bytecode${backend(question)}`;

/** CUDA versions that PyTorch's own index has wheels for, newest first (download.pytorch.org/whl). */
const WHEELS = ['13.0', '12.9', '12.8', '12.6', '12.4', '12.1', '11.8'];

type BuildOfPyTorch = Pick<DockerfileQuestion, 'packages' | 'base' | 'pytorchMirror'>;

/**
 * uv's options for the build of PyTorch: for the CPU, or for the newest CUDA that the base's is at least. `--torch-backend`
 * knows PyTorch's own index alone. From a mirror of that the best version of both indexes is taken: there it is the one that
 * ends in +cpu or +cu128, and of all other packages the newest.
 */
export function backend({pytorchMirror, ...question}: BuildOfPyTorch): string {
  const build = buildOfPyTorch(question);
  if (build === null) return '';
  if (!pytorchMirror) return ` --torch-backend=${build}`;
  return ` --index-strategy unsafe-best-match --index "$(cat /run/secrets/pytorch)/${build}"`;
}

function buildOfPyTorch({packages, base}: Pick<DockerfileQuestion, 'packages' | 'base'>): string | null {
  if (packages === 'index-cpu') return 'cpu';
  if (base.kind !== 'cuda' || base.framework !== 'pytorch' || !base.gpu) return null;
  const [, cuda = ''] = /cuda:(\d+\.\d+)/.exec(base.image) ?? [];
  const wheels = WHEELS.find(version => atLeast(cuda, version));
  return wheels === undefined ? null : `cu${wheels.replace('.', '')}`;
}
