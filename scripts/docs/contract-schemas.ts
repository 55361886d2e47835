import * as z from 'zod';
import {Bench} from '../../src/contract/bench.js';
import {BenchCompare, BenchList, BenchPlan} from '../../src/contract/bench-documents.js';
import {
  Commit,
  Cp,
  Exec,
  FixPerms,
  Logs,
  Notebook,
  Open,
  Ps,
  Rm,
  Run,
  Serve,
  Shell,
  Stop,
  Top,
  Volumes,
} from '../../src/contract/containers.js';
import {Explain} from '../../src/contract/explain.js';
import {FailureDocument} from '../../src/contract/failure.js';
import {Host} from '../../src/contract/host.js';
import {Build, Dockerfile, Images, Prune} from '../../src/contract/images.js';
import {Launch} from '../../src/contract/launch.js';
import {LockChanges, LockCheck, LockRollback} from '../../src/contract/lock.js';
import {MatrixShow, MatrixUpdate, MatrixVerify} from '../../src/contract/matrix.js';
import {Completion, Config, Init} from '../../src/contract/project.js';
import {Setup, SetupPack, SetupUndo} from '../../src/contract/setup.js';
import {Check, Match} from '../../src/contract/verdict.js';

/** By the name in the document's own `schema`: `gpudock/NAME/1`. */
const DOCUMENTS = {
  bench: Bench,
  'bench-compare': BenchCompare,
  'bench-list': BenchList,
  'bench-plan': BenchPlan,
  build: Build,
  check: Check,
  commit: Commit,
  completion: Completion,
  config: Config,
  cp: Cp,
  dockerfile: Dockerfile,
  exec: Exec,
  explain: Explain,
  failure: FailureDocument,
  'fix-perms': FixPerms,
  host: Host,
  images: Images,
  init: Init,
  launch: Launch,
  'lock-changes': LockChanges,
  'lock-check': LockCheck,
  'lock-rollback': LockRollback,
  logs: Logs,
  match: Match,
  matrix: MatrixShow,
  'matrix-update': MatrixUpdate,
  'matrix-verify': MatrixVerify,
  notebook: Notebook,
  open: Open,
  prune: Prune,
  ps: Ps,
  rm: Rm,
  run: Run,
  serve: Serve,
  setup: Setup,
  'setup-pack': SetupPack,
  'setup-undo': SetupUndo,
  shell: Shell,
  stop: Stop,
  top: Top,
  volumes: Volumes,
};

/** A JSON Schema for each public document, by its name. */
export const contractSchemas = (): Record<string, unknown> =>
  Object.fromEntries(Object.entries(DOCUMENTS).map(([name, schema]) => [name, z.toJSONSchema(schema)]));
