import * as z from 'zod';

/** `gpudock host --json`. `null` means "not known", never a guess; `gpus: null` is not `gpus: []`. */

export const Finding = z.object({
  /** An id of the vocabulary of failures. */
  id: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  cause: z.string(),
  fix: z.string(),
  source: z.string(),
});
export type Finding = z.infer<typeof Finding>;

export const MigDevice = z.object({
  uuid: z.string().nullable(),
  profile: z.string().nullable(),
  gi: z.number().nullable(),
  ci: z.number().nullable(),
  memoryMiB: z.number().nullable(),
});
export type MigDevice = z.infer<typeof MigDevice>;

export const GpuProcess = z.object({
  pid: z.number(),
  name: z.string().nullable(),
  user: z.string().nullable(),
  type: z.string().nullable(),
  usedMiB: z.number().nullable(),
});
export type GpuProcess = z.infer<typeof GpuProcess>;

export const Gpu = z.object({
  /** As printed, or the position in an XML or -q report; null where the source has none. */
  index: z.number().nullable(),
  uuid: z.string().nullable(),
  /** PCI bus id as printed (domain:bus:device.function). */
  busId: z.string().nullable(),
  pciId: z.string().nullable(),
  /** As printed; a name that the table cut stays cut unless another source has it whole. */
  name: z.string().nullable(),
  architecture: z.string().nullable(),
  computeCapability: z.string().nullable(),
  /** null for unified memory, never 0. */
  memoryMiB: z.number().nullable(),
  usedMiB: z.number().nullable(),
  /** percent, 0 to 100 */
  utilization: z.number().nullable(),
  state: z.enum(['ok', 'lost', 'error', 'unknown']),
  mig: z.object({mode: z.enum(['enabled', 'disabled', 'unsupported']).nullable(), devices: z.array(MigDevice)}),
  /** null: not part of any source; []: none. */
  processes: z.array(GpuProcess).nullable(),
  sources: z.array(z.string()),
});
export type Gpu = z.infer<typeof Gpu>;

export const Host = z.object({
  schema: z.literal('gpudock/host/1'),
  os: z.object({
    platform: z.string().nullable(),
    /** `ID` of os-release(5) */
    distro: z.string().nullable(),
    /** `ID_LIKE`: what the distribution was made from, the closest first */
    like: z.array(z.string()).nullable(),
    release: z.string().nullable(),
    kernel: z.string().nullable(),
    arch: z.string().nullable(),
    wsl: z.boolean().nullable(),
    /** The system is an image that OSTree changes as a whole (Silverblue, CoreOS): packages go into it with rpm-ostree. */
    ostree: z.boolean().nullable(),
  }),
  driver: z.object({
    /** absent: proved that there is none; unknown: nothing was recorded or it could not be told. */
    status: z.enum(['ok', 'absent', 'not-loaded', 'version-mismatch', 'gpu-lost', 'no-permission', 'unknown']),
    version: z.string().nullable(),
    flavor: z.enum(['proprietary', 'open', 'wsl', 'tegra']).nullable(),
    /** The highest CUDA that the driver reports. */
    cudaVersion: z.string().nullable(),
    /** From the driver branch, by the matrix; used where cudaVersion is null. */
    cudaVersionDerived: z.string().nullable(),
    source: z.string().nullable(),
  }),
  cudaToolkit: z.object({version: z.string().nullable(), source: z.string().nullable()}),
  gpus: z.array(Gpu).nullable(),
  engine: z.object({
    kind: z.enum(['docker', 'podman']).nullable(),
    version: z.string().nullable(),
    apiVersion: z.string().nullable(),
    rootless: z.boolean().nullable(),
    usernsRemap: z.boolean().nullable(),
    cgroupVersion: z.union([z.literal(1), z.literal(2)]).nullable(),
    cgroupDriver: z.string().nullable(),
    runtimes: z.array(z.string()).nullable(),
    defaultRuntime: z.string().nullable(),
    rootDir: z.string().nullable(),
    desktop: z.boolean().nullable(),
    snap: z.boolean().nullable(),
    remote: z.boolean().nullable(),
    gpuAccess: z.object({cdi: z.boolean().nullable(), hook: z.boolean().nullable(), runtime: z.boolean().nullable()}),
    /** NVIDIA GPU devices only (nvidia.com/gpu=…). */
    cdiDevices: z.array(z.string()).nullable(),
  }),
  toolkit: z.object({version: z.string().nullable()}),
  resources: z.object({
    cpus: z.number().nullable(),
    cpuFlags: z.array(z.string()).nullable(),
    memoryMiB: z.number().nullable(),
    shmMiB: z.number().nullable(),
    diskFreeMiB: z.number().nullable(),
  }),
  user: z.object({
    uid: z.number().nullable(),
    gid: z.number().nullable(),
    name: z.string().nullable(),
    groups: z.array(z.number()).nullable(),
  }),
  /** Which source each fact came from, by its path in this document ("driver.version": "nvidia-smi -q -x"). */
  sources: z.record(z.string(), z.string()),
  findings: z.array(Finding),
});
export type Host = z.infer<typeof Host>;
