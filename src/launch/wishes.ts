import type {GpuCheck} from './inside.js';
import {type AskedResources, NOTHING_ASKED} from './resources.js';
import type {UserWish} from './user.js';

/** What a person may ask of a launch, whatever runs in it. */
export interface LaunchWishes {
  resources: AskedResources;
  /** Free memory that each GPU must have; null: each will do. */
  gpuMemoryMiB: number | null;
  gpuCheck: GpuCheck;
  /** Variables beyond gpudock's own, `NAME=value`. */
  env: readonly string[];
  /** Mounts beyond project and cache, as `docker run --volume` has them. */
  binds: readonly string[];
  user: UserWish;
}

export const NO_WISHES: LaunchWishes = {
  resources: NOTHING_ASKED,
  gpuMemoryMiB: null,
  gpuCheck: 'fail',
  env: [],
  binds: [],
  user: 'caller',
};

/** What a person may ask of a notebook. */
export interface NotebookWishes extends LaunchWishes {
  /** null: 8888 when it is free, else any. */
  port: number | null;
  name: string | null;
  reach: Reach;
  /** To log in with beside the token; null: the token alone. */
  password: string | null;
  /** Seconds without a running cell after which it ends; null: never. */
  idleSeconds: number | null;
  /** The project is copied, and what has changed back: for an engine that cannot mount the folder. */
  sync: boolean;
}

/** Who may connect to a published port: programs of this machine alone, or whoever reaches the machine. */
export type Reach = 'machine' | 'network';

export const PLAIN_NOTEBOOK: NotebookWishes = {
  ...NO_WISHES,
  port: null,
  name: null,
  reach: 'machine',
  password: null,
  idleSeconds: null,
  sync: false,
};
