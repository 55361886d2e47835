/** What one image is known to be. `null` is not known; no field is ever guessed. */
export interface ImageFacts {
  /** As it was asked for. */
  reference: string;
  /** `docker.io/pytorch/pytorch` */
  repository: string | null;
  tag: string | null;
  digest: string | null;
  /** A matrix row or the image's own config describes it. */
  described: boolean;
  publisher: 'official' | 'ngc' | 'community' | null;
  framework: string | null;
  version: string | null;
  /** Month of an NGC release, `24.05`. */
  container: string | null;
  python: string | null;
  os: string | null;
  variant: string | null;
  jupyter: boolean;
  /** Made for NVIDIA GPUs; false for a CPU image. */
  gpu: boolean | null;
  /** CUDA toolkits inside, oldest first, as exactly as known (`12.4.1`, `11.1`). Most images have one. */
  cuda: readonly string[];
  cudnn: string | null;
  /** `amd64`, `arm64` */
  platforms: readonly string[] | null;
  /** What the programs inside were compiled for, one list each: a GPU must find code in all. Empty: not known. */
  code: readonly CompiledCode[];
  /** Lowest compute capability that its publisher names. */
  minComputeCapability: string | null;
  /** The newest one that its publisher names, where that says more than the CUDA inside. */
  maxComputeCapability: string | null;
  requires: Requirements | null;
  requireDisabled: boolean;
  /** The cuda-compat libraries are inside. */
  cudaCompat: boolean | null;
  /** The image itself has them found before the driver's own library. */
  compatFirst: boolean;
  /** Lowest driver that its publisher names, below which the software refuses. */
  minDriver: string | null;
  /** Why it is known not to work on a GPU. */
  broken: string | null;
  /** Why the tag is known not to exist. */
  missing: string | null;
  /** How the tag is known: `observed`, `documented`, `release-matrix`, `derived`, `memory`, … */
  evidence: string | null;
  /** Where its own config contradicts what the matrix has under its name. */
  contradiction: string | null;
  /** What its registry, or the engine, says of it; null: not asked. */
  availability: Availability | null;
  size: ImageSize | null;
}

export interface ImageSize {
  /** Bytes in the registry. */
  compressed: number | null;
  /** How many of them the engine lacks. */
  missing: number | null;
  /** Seconds that a pull of them takes, as fast as the last one from this registry; null: none was measured. */
  seconds: number | null;
}

/** `silent`: no answer, for the reason in `detail`. `recalled`: not asked now, but read before; `detail`: the day, where it is known. */
export interface Availability {
  status: 'local' | 'offered' | 'missing' | 'refused' | 'silent' | 'recalled';
  detail: string | null;
}

/** Values of `NVIDIA_REQUIRE_*`. */
export interface Requirements {
  texts: readonly string[];
  /** False: only the first clause is known, others may follow. */
  complete: boolean;
  /** The CPU whose image carries these texts; null: all of them do. */
  arch: string | null;
  /** The CUDA release whose nvidia/cuda image it was built from; that one's text was not the same at all times. */
  inheritedFrom?: string;
}

/** On these compute capabilities with drivers of these CUDA versions; each upper end is excluded. */
export interface KnownFailure {
  capabilities: readonly [from: string, below: string];
  drivers: readonly [from: string, below: string];
}

export interface CompiledCode {
  /** `pytorch 2.7.0` */
  program: string;
  /** Compute capabilities with machine code: `8.6`, `9.0a`. */
  sass: readonly string[];
  /** Those of the build for arm64, where there is one beside that for amd64; null: not known. */
  sassArm64: readonly string[] | null;
  /** Compute capabilities with embedded PTX; empty: none; null: not known. */
  ptx: readonly string[] | null;
  /** GPUs from this compute capability on are known to refuse the PTX. */
  ptxRefusedFrom: string | null;
  /** With drivers below this CUDA alone; null: with all of them. */
  ptxRefusedBelow: string | null;
  /** On GPUs from this compute capability on nobody is known to have run it from PTX. */
  ptxUnprovenFrom: string | null;
  /** For GPUs from this compute capability on a part that most work needs is PTX alone. */
  ptxOnlyFrom: string | null;
  /** Where it is known to fail although it has code: it picks a library that does not serve that GPU or driver. */
  fails: KnownFailure | null;
  inferred: boolean;
  source: string;
}

/** An image of which nothing is known but its name. */
export function undescribedImage(reference: string, known: Partial<ImageFacts> = {}): ImageFacts {
  return {
    reference,
    repository: null,
    tag: null,
    digest: null,
    described: false,
    publisher: null,
    framework: null,
    version: null,
    container: null,
    python: null,
    os: null,
    variant: null,
    jupyter: false,
    gpu: null,
    cuda: [],
    cudnn: null,
    platforms: null,
    code: [],
    minComputeCapability: null,
    maxComputeCapability: null,
    requires: null,
    requireDisabled: false,
    cudaCompat: null,
    compatFirst: false,
    minDriver: null,
    broken: null,
    missing: null,
    evidence: null,
    contradiction: null,
    availability: null,
    size: null,
    ...known,
  };
}
