import type {Gpu, GpuProcess, Host, MigDevice} from '../contract/host.js';
import type {SystemFacts} from '../world/world.js';

type Known<T> = {[K in keyof T]?: T[K] | undefined};

/** What one source says of one GPU. Absent or null: the source is silent. */
export type GpuReading = Known<Omit<Gpu, 'mig' | 'sources' | 'processes'>> & {
  migMode?: Gpu['mig']['mode'] | undefined;
  migDevices?: MigDevice[] | undefined;
  processes?: GpuProcess[] | null | undefined;
  /** The name ends in dots: the table cut it. */
  nameCut?: boolean | undefined;
};

/** Something that a tool says is wrong, by its id in the vocabulary of failures. */
export interface Trouble {
  id: string;
  /** The tool's own words, in one line. */
  detail: string;
}

/** What one source says of the host. Absent or null: the source is silent. */
export interface SourceReading {
  os?: Known<Host['os']>;
  driver?: Known<Pick<Host['driver'], 'version' | 'flavor' | 'cudaVersion'>>;
  cudaToolkit?: {version: string | null};
  /** `[]`: the source says that there is none. */
  gpus?: GpuReading[] | null;
  /** The report names fewer GPUs than it says are there: it was cut, or lines of it are lost. */
  partial?: boolean;
  engine?: Known<Omit<Host['engine'], 'gpuAccess'>>;
  gpuAccess?: Known<Host['engine']['gpuAccess']>;
  toolkit?: {version: string | null};
  resources?: Known<Host['resources']>;
  user?: Known<Host['user']>;
  /** Folders where the engine looks for CDI specifications. */
  cdiFolders?: string[];
  /** Free space by mount point, from which that of the engine's storage is chosen. */
  filesystems?: SystemFacts['filesystems'];
  /** Versions of the driver's libraries on disk, whether the module is loaded or not; several where old ones were left. */
  libraryVersions?: string[];
  troubles?: Trouble[];
}

/** How asking a source went. Only `not-found` proves an absence. */
export type Status = 'ok' | 'not-found' | 'denied' | 'timeout' | 'error' | 'not-recorded';

/** A source's answer: which one, how asking went, what it said. */
export interface Answer {
  source: string;
  status: Status;
  says: SourceReading;
}
