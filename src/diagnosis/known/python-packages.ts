import type {Topic} from './failure.js';

/** What pip, uv and conda say, and the compilers they call. */
export const pythonPackages: Topic = {
  title: 'Python packages in builds',
  failures: [
    {
      id: 'pip_hash_mismatch',
      signs: [
        'do not match the hashes from the requirements file',
        ['hash mismatch for', /Hash mismatch for .{1,160}==/i],
      ],
      cause:
        'what was downloaded is not what the index announced: cut off on the way, or changed by a proxy or a cache',
      fix: 'try again with --no-cache-dir; if it stays so, update the hashes in the requirements file',
      sources: ['pytorch/pytorch#104598', 'pytorch/pytorch#78420'],
      examples: ['#10 98.65 ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.'],
      explains: ['build_step_failed'],
    },
    {
      id: 'pip_no_matching_version',
      signs: [
        'no matching distribution found for',
        'could not find a version that satisfies the requirement',
        [
          'because there is no version of',
          /Because there (?:is|are) no versions? of .{1,160}(?:unsatisfiable|cannot be used)/i,
        ],
        [
          'because there are no versions of',
          /Because there are no versions of .{1,160}(?:unsatisfiable|cannot be used)/i,
        ],
        [
          'solution found when resolving',
          /No solution found when resolving .{0,120}Because (?:\S{1,80} was not found|only |there (?:is|are) no versions? of|the (?:requested|current) Python version|\S{1,80} has no )/i,
        ],
        ['version solving failed', /Because no versions of .{1,300}version solving failed/i],
        ['a supported wheel on this', /is not a supported wheel on this platform/i],
        ['requires a different python', /(?:ERROR: Package .{1,160}|error).{0,20}requires a different Python/i],
      ],
      cause: 'no version of the package meets the requirement for this Python, this architecture and this index',
      fix: 'loosen the version, or choose the Python it was built for; CUDA builds of torch need --index-url https://download.pytorch.org/whl/cuXYZ',
      sources: ['astral-sh/uv#16319', 'https://pip.pypa.io/en/stable/user_guide/'],
      examples: [
        'ERROR: Could not find a version that satisfies the requirement torch==1.7.0 (from versions: 2.0.0, 2.0.1)',
        'ERROR: No matching distribution found for torch==1.7.0',
      ],
      explains: ['build_step_failed', 'pip_build_failed'],
    },
    {
      id: 'pip_conflict',
      signs: [
        'resolutionimpossible',
        ['double requirement given:', /Double requirement given: \S/],
        'package versions have conflicting dependencies',
        [
          'solution found when resolving',
          /No solution found when resolving .{0,120}Because (?!\S{1,80} was not found|only |there (?:is|are) no versions? of|the (?:requested|current) Python version|\S{1,80} has no ).{1,400}(?:depends? on|require)/i,
        ],
        ['version solving failed', /because (?!no versions of).{1,300}version solving failed/i],
      ],
      cause: 'packages that were asked for need different versions of one package',
      fix: 'loosen the pins that the lines above name; uv pip compile shows a set that fits',
      sources: ['https://pip.pypa.io/en/stable/topics/dependency-resolution/', 'pytorch/functorch#1072'],
      examples: [
        'ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.',
        'ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-resolution/',
      ],
      explains: ['build_step_failed', 'pip_no_matching_version'],
    },
    {
      id: 'pip_externally_managed',
      signs: [
        'externally-managed-environment',
        ['environment is externally managed', /environment is externally managed/i],
      ],
      cause: 'the distribution protects its own Python from pip (PEP 668)',
      fix: 'python3 -m venv /opt/venv, and install there; or take a base image with its own Python',
      sources: ['https://peps.python.org/pep-0668/'],
      examples: ['error: externally-managed-environment'],
      explains: ['build_step_failed'],
    },
    {
      id: 'cuda_toolkit_mismatch',
      signs: [
        [
          'version that was used to compile',
          /detected CUDA version \([\d.]{3,8}\) mismatches the version that was used to compile/i,
        ],
      ],
      cause: 'a CUDA extension is compiled with another CUDA than PyTorch was',
      fix: 'take a -devel base image of the CUDA that `python -c "import torch; print(torch.version.cuda)"` prints, or PyTorch for the CUDA of the image',
      sources: ['pytorch/pytorch:torch/utils/cpp_extension.py'],
      examples: [
        'RuntimeError: The detected CUDA version (11.8) mismatches the version that was used to compile PyTorch (12.1).',
      ],
      explains: ['pip_build_failed', 'build_step_failed'],
    },
    {
      id: 'compiler_not_fitting',
      signs: [
        ['unsupported gnu version', /unsupported GNU version! gcc versions later than \d{1,2}/i],
        ['failed to find c compiler', /Failed to find C compiler/i],
      ],
      cause: 'no compiler is in the image, or it is newer than this CUDA takes',
      fix: 'install build-essential; for an older CUDA an older one (gcc-12 g++-12), named with CC, CXX and NVCC_PREPEND_FLAGS=-ccbin=g++-12',
      sources: [
        'https://docs.nvidia.com/cuda/cuda-installation-guide-linux/',
        'triton-lang/triton:python/triton/runtime/build.py',
      ],
      examples: [
        '#error -- unsupported GNU version! gcc versions later than 11 are not supported!',
        'RuntimeError: Failed to find C compiler. Please specify via CC environment variable.',
      ],
      explains: ['pip_build_failed', 'build_step_failed'],
    },
    {
      id: 'pip_build_failed',
      signs: [
        ['find rust compiler', /can.t find Rust compiler/i],
        ['microsoft visual c++', /Microsoft Visual C\+\+ \d{2}\.\d or greater is required/i],
        ['ninja: build stopped:', /ninja: build stopped: subcommand failed/],
        ['failed building wheel for', /ERROR: Failed building wheel for|Failed building wheel for/i],
        ['failed to build installable wheels', /Failed to build installable wheels/i],
        ['could not build wheels for', /Could not build wheels for/i],
        ['subprocess-exited-with-error', /subprocess-exited-with-error/],
        ['cuda_home environment', /CUDA_HOME environment variable is not set/i],
        'metadata-generation-failed',
        [
          'failed with exit',
          /error: command ['"]?\S{0,80}(?:gcc|g\+\+|cc|c\+\+|nvcc|cmake|cargo|rustc|clang)\S{0,20} failed with exit (?:status|code) \d/i,
        ],
        [
          'failed: no such file',
          /error: command ['"]?\S{0,80}(?:gcc|g\+\+|cc|c\+\+|nvcc|cmake|cargo|rustc|clang)['"]? failed: No such file/i,
        ],
        ['errored out with exit status', /Command errored out with exit status \d{1,3}/i],
        ['python setup.py', /python setup\.py \S{1,40} (?:did not run successfully|failed)/i],
        [
          'encountered error while',
          /Encountered error while (?:trying to install package|generating package metadata)/i,
        ],
        ['legacy-install-failure', /legacy-install-failure/],
        ['failed with exit code', /Failed to build .{0,200}(?:The build backend returned an error|build_wheel)/i],
        ['build backend returned an error', /The build backend returned an error/i],
        ['compiling objects for extension', /Error compiling objects for extension/i],
        ['python.h: no such file', /fatal error: Python\.h: No such file/i],
        ['cuda_runtime.h: no such file', /fatal error: cuda_runtime\.h: No such file/i],
      ],
      cause:
        'a Python package had to be compiled and that failed: no ready-made wheel fits this Python or architecture, or a compiler or header is missing',
      fix: 'choose a version that has a wheel for this Python; or install build-essential, python3-dev and the header it names; CUDA code needs a -devel base image',
      sources: ['https://pip.pypa.io/en/stable/topics/local-project-installs/', 'Dao-AILab/flash-attention#509'],
      examples: [
        'ERROR: Failed building wheel for flash-attn',
        'error: subprocess-exited-with-error',
        'ERROR: Command errored out with exit status 1: python setup.py egg_info Check the logs for full command output.',
      ],
      explains: ['build_step_failed'],
    },
    {
      id: 'conda_unsatisfiable',
      signs: [
        ['resolvepackagenotfound', /ResolvePackageNotFound/],
        ['looking for incompatible packages', /Found conflicts! Looking for incompatible packages/],
        ['unsatisfiableerror', /UnsatisfiableError/],
        ['packagesnotfounderror', /PackagesNotFoundError/],
        ['libmambaunsatisfiableerror', /LibMambaUnsatisfiableError/],
        ['nothing provides', /nothing provides (?:requested )?\S{1,80}.{0,60} needed by \S/i],
        ['for environment specs', /Could not solve for environment specs/i],
      ],
      cause: 'conda finds no set of packages that fits, often because a build sees no GPU and __cuda is missing',
      fix: 'set CONDA_OVERRIDE_CUDA in the build, and loosen the pins it names',
      sources: ['mamba-org/micromamba-docker#620', 'zonca/jupyterhub-deploy-kubernetes-jetstream#72'],
      examples: ['LibMambaUnsatisfiableError: Encountered problems while solving:'],
      explains: ['build_step_failed'],
    },
    {
      id: 'conda_package_missing',
      signs: [
        [
          'perhaps a typo or a missing channel',
          /\S{1,100} .{0,80}does not exist \(perhaps a typo or a missing channel\)/,
        ],
      ],
      cause: 'no channel that the environment file names has a package of that name and version',
      fix: 'correct the name or the version, or add the channel that has it under channels:',
      sources: ['mamba-org/mamba:libmamba/src/solver/problems_graph.cpp'],
      examples: ['    └─ no-such-thing =* * does not exist (perhaps a typo or a missing channel).'],
      explains: ['conda_unsatisfiable', 'build_step_failed'],
    },
    {
      id: 'conda_terms_not_accepted',
      signs: ['terms of service have not been accepted'],
      cause: 'the default channels of Anaconda are used, whose terms nobody accepted in this image',
      fix: 'use conda-forge (Miniforge as base); or in the Dockerfile: RUN conda tos accept, where the terms allow it',
      sources: ['https://www.anaconda.com/docs/getting-started/tos-plugin'],
      examples: ['CondaToSNonInteractiveError: Terms of Service have not been accepted for the following channels.'],
      explains: ['build_step_failed'],
    },
    {
      id: 'cuda_toolkit_missing',
      signs: [
        ['cmake_cuda_compiler', /No CMAKE_CUDA_COMPILER could be found/i],
        ['could not find cuda', /Could NOT find CUDA(?:Toolkit)?\b/],
        ['failed to execute', /Failed to execute .nvcc./],
        ['nvcc was not found', /\bnvcc was not found\b/i],
        [
          'no such file or directory',
          /fatal error: (?:cuda|cudnn|cublas|cusparse|cusolver|curand|cufft|nccl|nvml|NvInfer|thrust\/)[\w./]{0,40}: No such file/,
        ],
        ['no such file or directory', /No such file or directory: .{0,80}\/nvcc\b/],
      ],
      cause:
        'CUDA code is compiled in an image without the CUDA toolkit: base and runtime images have no nvcc and no headers',
      fix: 'take a -devel base image of the CUDA that the framework was built with (nvidia/cuda:VERSION-cudnn-devel-DISTRIBUTION), or a ready-made wheel',
      sources: ['https://docs.nvidia.com/cuda/cuda-installation-guide-linux/', 'EricLBuehler/mistral.rs#893'],
      examples: [
        'CMake Error at CMakeLists.txt:3 (project): No CMAKE_CUDA_COMPILER could be found.',
        'fatal error: cudnn.h: No such file or directory',
      ],
      explains: ['pip_build_failed', 'build_step_failed'],
    },
    {
      id: 'build_tool_missing',
      signs: [
        ['or higher is required.', /CMake [\d.]{1,10} or higher is required\. +You are running version/i],
        ['ninja is required', /Ninja is required to load C\+\+ extensions/i],
      ],
      cause: 'a tool that compiles is missing in the image, or older than the project takes',
      fix: 'pip install ninja cmake, in the same environment; then build again',
      sources: [
        'https://cmake.org/cmake/help/latest/command/cmake_minimum_required.html',
        'pytorch/pytorch:torch/utils/cpp_extension.py',
      ],
      examples: ['CMake 3.26 or higher is required.  You are running version 3.22.1'],
      explains: ['pip_build_failed', 'build_step_failed'],
    },
    {
      id: 'pip_requirement_invalid',
      signs: [['invalid requirement:', /ERROR: Invalid requirement: \S/]],
      cause: "a line of the requirements is not of the form that pip reads: a single =, a path, or conda's own form",
      fix: 'NAME==VERSION; a file of conda goes to conda env create',
      sources: ['https://pip.pypa.io/en/stable/reference/requirement-specifiers/'],
      examples: ["ERROR: Invalid requirement: 'torch=2.0'"],
      explains: ['build_step_failed'],
    },
    {
      id: 'conda_not_initialized',
      signs: [
        ['conda activate', /Run 'conda init' before 'conda activate'/],
        ['not been properly configured', /shell has not been properly configured to use 'conda activate'/i],
      ],
      cause: 'a RUN step is a new shell, in which conda activate was not made known',
      fix: 'conda run -n NAME COMMAND in place of it; or SHELL ["conda", "run", "-n", "NAME", "/bin/bash", "-c"]',
      sources: ['https://docs.conda.io/projects/conda/en/stable/commands/run.html'],
      examples: ["CondaError: Run 'conda init' before 'conda activate'"],
      explains: ['build_step_failed'],
    },
    {
      id: 'conda_environment_missing',
      signs: [['environmentnamenotfound', /EnvironmentNameNotFound: /]],
      cause: 'conda has no environment of that name here',
      fix: 'conda env list shows them; the name stands in the first line of environment.yml',
      sources: ['https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html'],
      examples: ['EnvironmentNameNotFound: Could not find conda environment: train'],
      explains: ['build_step_failed'],
    },
  ],
};
