/**
 * What the doctor's checks know besides the host facts. null everywhere: not known, because it was not recorded, may not
 * be read, or is not there to be asked. Only what is proved is true, false or an empty list.
 */
export interface Evidence {
  driver: DriverEvidence;
  toolkit: ToolkitEvidence;
  engine: EngineEvidence;
  system: SystemEvidence;
}

/** State of a systemd unit. */
export type Unit = 'active' | 'inactive' | 'failed' | 'absent' | null;

export interface DriverEvidence {
  /** Version of the module that the kernel runs. */
  moduleVersion: string | null;
  /** Versions of the driver's libraries on disk: more than one where files of an older driver were left. */
  libraryVersions: readonly string[] | null;
  /** Names of loaded kernel modules. */
  modules: readonly string[] | null;
  /** The firmware refuses unsigned kernel modules. */
  secureBoot: boolean | null;
  /** The running kernel has a module of the driver on disk. */
  builtForKernel: boolean | null;
  /** DKMS knows the driver, and so builds it for each kernel. */
  dkms: boolean | null;
  /** Lines of the kernel's log about the driver. */
  kernelLog: string | null;
  /** `Enabled` or `Disabled` a GPU, as nvidia-smi prints it. */
  persistence: readonly string[] | null;
  /** PCI devices of the kind NVSwitch. */
  nvSwitches: number | null;
  fabricManager: Unit;
  persistenced: Unit;
}

export interface ToolkitEvidence {
  /** nvidia-ctk lies in one of the standard folders. */
  installed: boolean | null;
  /** `no-cgroups` of /etc/nvidia-container-runtime/config.toml. */
  noCgroups: boolean | null;
  /** Driver versions in the file names that each CDI specification mounts. */
  cdiSpecs: readonly {path: string; driverVersions: readonly string[]}[] | null;
}

export interface EngineEvidence {
  /** Absolute path of the daemon's configuration: a rootless one has its user's. */
  configFile: string | null;
  /** What it holds. */
  daemonConfig: Readonly<Record<string, unknown>> | null;
  unit: Unit;
  /** How asking the engine went; `not-found`: no socket of Docker or Podman is there. */
  answer: 'ok' | 'not-found' | 'denied' | 'timeout' | 'error' | null;
  /** The NVIDIA hook was installed or updated after the daemon started. */
  hookNewer: boolean | null;
  storageDriver: string | null;
  /** CDI folders that the engine reads; empty where it has CDI off. */
  cdiFolders: readonly string[] | null;
  /** The engine's clock less this machine's, in seconds. */
  clockOffset: number | null;
  /** What the engine says when it is to reach its registry; empty: it reached it. */
  registryAnswer: string | null;
  /** Running containers. */
  containers: readonly ContainerEvidence[] | null;
  /** An NVIDIA runtime hook lies outside the folders where the daemon looks. */
  strayHook: string | null;
}

export interface ContainerEvidence {
  name: string;
  /** Host ports published on all addresses. */
  openPorts: readonly number[];
  /** What `nvidia-smi -L` said in a container that was given GPUs; null: not asked. */
  smi: string | null;
}

export interface SystemEvidence {
  /** Locked memory that this user's programs may have, in KiB; Infinity: unlimited. */
  memlockKiB: number | null;
  /** Addresses of `localhost` in /etc/hosts. */
  localhost: readonly string[] | null;
  /** Group `docker` of /etc/group. */
  dockerGroup: {gid: number; members: readonly string[]} | null;
  /** /dev/dxg is there: Windows lends WSL2 its GPUs. */
  dxg: boolean | null;
  /** The distribution says that an update waits for a restart. */
  restartRequired: boolean | null;
  /** systemd keeps the user's services when the last session ends. */
  lingers: boolean | null;
}

/** Nothing known. */
export const NO_EVIDENCE: Evidence = {
  driver: {
    moduleVersion: null,
    libraryVersions: null,
    modules: null,
    secureBoot: null,
    builtForKernel: null,
    dkms: null,
    kernelLog: null,
    persistence: null,
    nvSwitches: null,
    fabricManager: null,
    persistenced: null,
  },
  toolkit: {installed: null, noCgroups: null, cdiSpecs: null},
  engine: {
    configFile: null,
    daemonConfig: null,
    unit: null,
    answer: null,
    hookNewer: null,
    storageDriver: null,
    cdiFolders: null,
    clockOffset: null,
    registryAnswer: null,
    containers: null,
    strayHook: null,
  },
  system: {memlockKiB: null, localhost: null, dockerGroup: null, dxg: null, restartRequired: null, lingers: null},
};
