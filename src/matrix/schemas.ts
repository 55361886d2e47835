import * as z from 'zod';

/** What each file under `compat-matrix/` holds. The JSON Schemas beside the data are made from these. */

const Cuda = z.string().regex(/^\d{1,2}\.\d{1,2}(?:\.\d{1,4})?$/);
const Driver = z.string().regex(/^\d{3}(?:\.\d{1,4}){0,3}$/);
const Capability = z.string().regex(/^\d{1,2}\.\d$/);
/** Capabilities separated by blanks; `a` and `f` mark architecture- and family-specific code. */
const Capabilities = z.string().regex(/^(?:\d{1,2}\.\d[af]?(?: |$))*$/);
const Branch = z.number().int().min(300).max(999);
const Source = z.string().min(1);
const Conflict = z.strictObject({about: z.string(), text: z.string(), chosen: z.string()});

const file = <Row extends z.ZodType>(row: Row, more: Record<string, z.ZodType> = {}) =>
  z.strictObject({
    $schema: z.string(),
    title: z.string(),
    checked: z.iso.date(),
    meaning: z.record(z.string(), z.string()).optional(),
    sources: z.record(z.string(), z.string()).optional(),
    conflicts: z.array(Conflict).optional(),
    ...more,
    rows: z.array(row).min(1),
  });

const CudaRelease = z.strictObject({
  cuda: Cuda,
  linux_min: Driver.nullable(),
  windows_min: Driver.nullable(),
  branch_min: Branch.optional(),
  linux_runfile_driver: Driver.optional(),
  windows_installer_driver: Driver.optional(),
  cuda_compat_package_driver: Driver.optional(),
  quality: z.string().optional(),
  note: z.string().optional(),
  source: Source,
});

const DriverBranch = z.strictObject({
  branch: Branch,
  max_cuda: Cuda,
  kind: z.enum(['LTSB', 'PB', 'NFB', 'development']).nullable(),
  eol: z
    .string()
    .regex(/^\d{4}-\d{2}(?:-\d{2})?$/)
    .nullable(),
  windows: z.tuple([Driver, Driver]).optional(),
  observed: z.boolean(),
  latest: Driver.nullable(),
  conflict: z.string().optional(),
  note: z.string().optional(),
  source: Source,
});

const Architecture = z.strictObject({
  cc: Capability,
  architecture: z.string(),
  first_toolkit: Cuda,
  libraries_from: Cuda.optional(),
  last_toolkit: Cuda.nullable(),
  first_driver: Driver.nullable(),
  last_branch: Branch.nullable(),
  tegra: z.boolean().optional(),
  source: Source,
});

const GpuNames = z.strictObject({
  cc: Capability,
  class: z.enum(['data-centre', 'workstation', 'geforce', 'titan', 'jetson', 'other']),
  brand: z.enum(['GeForce', 'Titan', 'Tesla', 'NVIDIA', 'Quadro', 'Quadro RTX', 'NVIDIA RTX', 'Grid']).nullable(),
  names: z.array(z.string()).min(1),
  cpu: z.literal('arm64').optional(),
  source: Source,
});

const MinorVersion = z.strictObject({
  major: z.number().int(),
  linux_min: Driver,
  windows_min: Driver.nullable(),
  branch_min: Branch,
  note: z.string().optional(),
  source: Source,
});

const ForwardCompat = z.strictObject({
  cuda: Cuda,
  package: z.string(),
  hosts: z.array(Branch),
  only: z.boolean().optional(),
  not: z.array(Branch).optional(),
  source: Source,
});

const Build = z.strictObject({
  id: z.string(),
  framework: z.string(),
  version: z.string(),
  cuda: Cuda,
  cudnn: z.string().optional(),
  sass: Capabilities,
  sass_arm64: Capabilities.optional(),
  ptx: Capabilities.nullable(),
  ptx_refused_from: z.string().optional(),
  ptx_refused_below: Cuda.optional(),
  ptx_unproven_from: z.string().optional(),
  ptx_only_from: z.string().optional(),
  fails: z.strictObject({capabilities: z.tuple([z.string(), z.string()]), drivers: z.tuple([Cuda, Cuda])}).optional(),
  inferred: z.boolean().optional(),
  note: z.string().optional(),
  source: Source,
});

const Require = z.strictObject({
  cuda: Cuda,
  arch: z.enum(['amd64', 'arm64', 'ppc64le']),
  os: z.array(z.string()).min(1),
  clauses: z.string(),
  brands: z.string().optional(),
  branches: z.array(z.union([Branch, z.tuple([Branch, Branch])])).optional(),
  secondary: z.boolean().optional(),
  source: Source,
});

const Repository = z.strictObject({
  repository: z.string(),
  file: z.string().regex(/^[a-z-]+$/),
  publisher: z.enum(['official', 'ngc', 'community']),
  frameworks: z.array(z.string()).min(1),
  mirrors: z.string().optional(),
  source: Source,
});

const Trap = z.strictObject({repository: z.string(), tag: z.string(), why: z.string(), source: Source});

const Image = z.strictObject({
  tag: z.string().regex(/^\w[\w.-]{0,127}$/),
  repo: z.string(),
  framework: z.string(),
  version: z.string().optional(),
  container: z.string().optional(),
  python: z.string().optional(),
  os: z.string().optional(),
  variant: z.string().optional(),
  cuda: Cuda.optional(),
  bundled: z.array(Cuda).optional(),
  cudnn: z.string().optional(),
  platforms: z.string().optional(),
  require: z.string().optional(),
  min_cc: Capability.optional(),
  max_cc: Capability.optional(),
  min_driver: Driver.optional(),
  build: z.string().optional(),
  compat: z.boolean().optional(),
  compat_driver: Driver.optional(),
  compat_first: z.boolean().optional(),
  gpu: z.boolean().optional(),
  rocm: z.boolean().optional(),
  jupyter: z.boolean().optional(),
  broken: z.string().optional(),
  digest: z.string().optional(),
  torch: z.string().optional(),
  vllm: z.string().optional(),
  tensorrt_llm: z.string().optional(),
  serve: z.string().optional(),
  notebook: z.string().optional(),
  status: z.string().optional(),
  hub: z.boolean().optional(),
  note: z.string().optional(),
  fields: z.string().optional(),
  evidence: z.enum([
    'observed',
    'documented',
    'release-matrix',
    'derived',
    'observed-then-removed',
    'memory',
    'doubtful',
  ]),
  source: z.string(),
});
const Table = z.record(z.string(), z.unknown());

/** By the file's name without `.json`; `images` for every file of that folder. */
export const SCHEMAS: Record<string, z.ZodType> = {
  'cuda-releases': file(CudaRelease),
  'driver-branches': file(DriverBranch),
  architectures: file(Architecture),
  gpus: file(GpuNames),
  'minor-version': file(MinorVersion, {limits: z.array(z.strictObject({text: z.string(), source: Source}))}),
  'forward-compat': file(ForwardCompat, {
    columns: z.array(Branch),
    gpus: Table,
    toolkit: z.array(Table),
    jetson: Table,
  }),
  'framework-builds': file(Build),
  'require-cuda': file(Require, {brand_lists: z.record(z.string(), z.string())}),
  repositories: file(Repository),
  traps: file(Trap),
  // A row may leave to `defaults` what all rows share, so here everything but the tag is optional.
  images: file(Image.partial().required({tag: true}), {
    defaults: Image.omit({tag: true}).partial(),
    fields: Table,
    notes: z.record(z.string(), z.string()).optional(),
    serve: Table.optional(),
    notebook: Table.optional(),
  }),
};

/** A row of an image file together with the file's defaults. */
export const ImageRowSchema = Image;

/** The JSON Schemas that the files name in `$schema`. */
export const jsonSchemas = (): Record<string, unknown> =>
  Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, z.toJSONSchema(schema)]));
