import type {Topic} from './failure.js';

/** What stops an image from being built: apt, pip, conda, BuildKit, disks. */
export const build: Topic = {
  title: 'Builds, packages and disks',
  failures: [
    {
      id: 'disk_full',
      signs: [
        ['no space left on device', /no space left on device/i],
        ['enough free space', /You don.{1,3}t have enough free space in/i],
        ['disk quota exceeded', /Disk quota exceeded/i],
        ['there is not enough space on', /There is not enough space on the disk/i],
        ['low on resource:', /node was low on resource: ephemeral-storage/i],
        ['write error: no space', /write error: No space/i],
      ],
      cause: 'the disk that holds images and containers, or the one written to, is full',
      fix: 'docker system df; then gpudock prune, or docker system prune; or move the data-root to a larger disk',
      sources: ['moby/moby#10613', 'Kaggle/docker-python#1088', 'docker/cli#4656'],
      examples: [
        'failed to register layer: Error processing tar file(exit status 1): write /opt/lib/x.so: no space left on device',
        "E: You don't have enough free space in /var/cache/apt/archives/.",
      ],
      explains: [
        'image_layer_corrupt',
        'pip_build_failed',
        'build_step_failed',
        'build_canceled',
        'apt_unmet_dependencies',
      ],
    },
    {
      id: 'apt_gpg_key_rotated',
      signs: [
        ['a4b469963bf863cc', /A4B469963BF863CC/i],
        [
          'developer.download.nvidia.com',
          /developer\.download\.nvidia\.com\/\S{1,120}\s.{0,40}is (?:not|no longer) signed/i,
        ],
      ],
      cause: 'NVIDIA changed the key of its package repositories in April 2022; the image has the old one',
      fix: 'take a newer tag of the base image; or in the Dockerfile, before apt-get update: install the cuda-keyring package of your distribution',
      sources: ['NVIDIA/nvidia-docker#1631', 'NVIDIA/nvidia-docker#1632', 'NVIDIA/nvidia-container-toolkit#257'],
      examples: [
        "W: GPG error: https://developer.download.nvidia.com/compute/cuda/repos/ubuntu1804/x86_64  InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY A4B469963BF863CC",
      ],
      explains: ['apt_key_missing', 'build_step_failed', 'apt_unmet_dependencies'],
    },
    {
      id: 'apt_key_missing',
      signs: [
        ['no_pubkey', /NO_PUBKEY (?!A4B469963BF863CC)[0-9A-F]{8,40}/],
        ['expkeysig', /EXPKEYSIG [0-9A-F]{8,40}/],
        ['is not signed.', /E: The repository .{1,200} is not signed/],
      ],
      cause: 'apt has no valid key for a package repository',
      fix: 'fetch the key from the publisher of that repository into /etc/apt/keyrings, and name it with signed-by in the sources file',
      sources: ['NVIDIA/nvidia-docker#1631', 'https://manpages.debian.org/apt-secure.8'],
      examples: [
        "GPG error: https://repo.example.com stable InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 7EA0A9C3F273FCD8",
      ],
      explains: ['build_step_failed'],
    },
    {
      id: 'apt_signature_invalid',
      signs: ['at least one invalid signature was encountered'],
      cause:
        "apt could not check the signature of a package index: the engine's disk is full, the engine or its libseccomp is older than the distribution of the image, or the mirror is half updated",
      fix: 'docker system df, then docker system prune; update Docker and libseccomp2; build again with --no-cache',
      sources: ['docker-library/php#898', 'docker-library/gcc#79', 'cerc-io/stack-orchestrator#336'],
      examples: [
        'W: GPG error: http://deb.example.com bullseye InRelease: At least one invalid signature was encountered.',
      ],
      explains: ['apt_key_missing', 'build_step_failed'],
    },
    {
      id: 'apt_method_missing',
      signs: [['the method driver', /The method driver \/usr\/lib\/apt\/methods\/\w{2,10} could not be found/i]],
      cause: 'apt of this old base image cannot fetch over HTTPS',
      fix: 'before that repository is added: RUN apt-get update && apt-get install -y apt-transport-https ca-certificates; or take a newer base image',
      sources: ['https://manpages.debian.org/apt-transport-https.1'],
      examples: ['E: The method driver /usr/lib/apt/methods/https could not be found.'],
      explains: ['build_step_failed'],
    },
    {
      id: 'rpm_repository_gone',
      signs: [
        [
          'mirrorlist.centos.org',
          /(?:Could not resolve host|Cannot prepare internal mirrorlist|Could not retrieve mirrorlist).{0,200}mirrorlist\.centos\.org/i,
        ],
      ],
      cause: 'the base image is a CentOS past its end of life: its mirrors are switched off',
      fix: 'take a base image that is kept (rockylinux, ubi, ubuntu); for the old one point its repositories to vault.centos.org',
      sources: ['https://www.centos.org/centos-linux-eol/'],
      examples: ['Could not retrieve mirrorlist http://mirrorlist.centos.org/?release=7&arch=x86_64&repo=os'],
      explains: ['registry_dns', 'build_step_failed'],
    },
    {
      id: 'apt_clock_skew',
      signs: [
        ['is not valid yet', /Release file for .{1,200} is not valid yet/i],
        ['is expired', /Release file for .{1,200} is expired/i],
      ],
      cause:
        'the clock is wrong (a machine or WSL2 that slept), so the package index seems to be from the future or expired',
      fix: 'sudo timedatectl set-ntp true; under WSL2: wsl --shutdown; then build again',
      fixes: {
        wsl: 'in PowerShell: wsl --shutdown, and start it again',
      },
      sources: ['microsoft/WSL#4114', 'microsoft/WSL#10006', 'https://manpages.debian.org/apt-secure.8'],
      examples: [
        'E: Release file for http://archive.example.com/ubuntu/dists/focal-updates/InRelease is not valid yet (invalid for another 1h 16min 40s).',
      ],
      explains: ['build_step_failed', 'apt_stale_index'],
    },
    {
      id: 'apt_source_conflict',
      signs: [
        'conflicting values set for option signed-by',
        ['conflicting distribution', /E: .{0,80}Conflicting distribution:/],
      ],
      cause: 'two source files name the same repository with different keys, often an old nvidia-docker.list',
      fix: 'grep -l nvidia.github.io /etc/apt/sources.list.d/*, and delete the old file',
      sources: ['NVIDIA/cloud-native-docs:container-toolkit/troubleshooting.md'],
      examples: [
        'E: Conflicting values set for option Signed-By regarding source https://nvidia.github.io/libnvidia-container/stable/deb/amd64/',
      ],
      explains: ['build_step_failed'],
    },
    {
      id: 'apt_stale_index',
      signs: [
        ['failed to fetch', /E: Failed to fetch .{1,300}404 .{0,2}Not Found/i],
        ['not found [ip:', /^(?:\S{1,30} ){0,3}Err:\d{1,4} https?:\/\/.{1,300} 404 {1,3}Not Found \[IP:/i],
        ['hash sum mismatch', /(?:E|W): .{0,300}Hash Sum mismatch|Hash Sum mismatch/],
        [
          'does not have a release file',
          /The repository .{1,200} does(?: not|n.t) (?:no longer )?have a Release file/i,
        ],
        ['no longer has a release file', /no longer has a Release file/i],
        ['file has unexpected size', /Failed to fetch .{1,300}File has unexpected size/i],
      ],
      cause:
        'the package index is older than the archive: a cached layer of apt-get update, or a distribution past its end of life',
      fix: 'put apt-get update and apt-get install into one RUN step and build with --no-cache; for an old release take a newer base image',
      sources: ['https://docs.docker.com/build/building/best-practices/#apt-get', 'NVIDIA/nvidia-docker#1243'],
      examples: [
        'E: Failed to fetch http://archive.example.com/ubuntu/pool/main/c/curl/curl_7.68.0-1ubuntu2.5_amd64.deb  404  Not Found [IP: 192.0.2.1 80]',
        "E: The repository 'http://archive.example.com/ubuntu eoan Release' does not have a Release file.",
      ],
      explains: ['build_step_failed', 'apt_unmet_dependencies'],
    },
    {
      id: 'apt_index_damaged',
      signs: [
        ['problem with mergelist', /E: Problem with MergeList \S/],
        ['encountered a section with no', /E: Encountered a section with no Package: header/],
      ],
      cause: 'a package index that was fetched is damaged: cut off on the way, or replaced by the page of a proxy',
      fix: 'rm -rf /var/lib/apt/lists/*, then apt-get update again; in a build with --no-cache',
      sources: ['NVIDIA/nvidia-docker#1402'],
      examples: ['E: Problem with MergeList /var/lib/apt/lists/deb.example.com_dists_stable_main_Packages.lz4'],
      explains: ['build_step_failed'],
    },
    {
      id: 'apt_unmet_dependencies',
      signs: [
        'the following packages have unmet dependencies',
        ['held broken packages', /you have held broken packages/i],
        ['unmet dependencies', /Unmet dependencies\. Try/i],
        ['dpkg was interrupted', /dpkg was interrupted, you must manually run/i],
      ],
      cause: 'packages that were asked for, or are held, exclude each other',
      fix: 'apt-get update first; apt-mark showhold; take the CUDA packages of the repository that the base image uses',
      sources: ['NVIDIA/nvidia-docker#1243', 'https://manpages.debian.org/apt-get.8'],
      examples: [
        'The following packages have unmet dependencies:',
        'E: Unable to correct problems, you have held broken packages.',
      ],
      explains: ['build_step_failed'],
    },
    {
      id: 'apt_install_failed',
      signs: [['returned an error code', /E: Sub-process \S{1,60}dpkg returned an error code/]],
      cause: 'the script of a package failed while it was installed; the lines of dpkg above name the package',
      fix: 'read the lines above that start with dpkg; driver packages (nvidia-driver, nvidia-dkms) do not belong into an image',
      sources: ['https://manpages.debian.org/dpkg.1'],
      examples: ['E: Sub-process /usr/bin/dpkg returned an error code (1)'],
      explains: ['build_step_failed'],
      vague: true,
    },
    {
      id: 'apt_package_missing',
      signs: [
        ['unable to locate package', /E: Unable to locate package \S{1,120}/],
        ['has no installation candidate', /E: Package .{1,120} has no installation candidate/],
        ['e: version ', /E: Version '\S{1,80}' for '\S{1,120}' was not found/],
      ],
      cause:
        'the distribution of the base image has no package of that name, or apt-get update did not run in the same step',
      fix: 'RUN apt-get update && apt-get install -y PACKAGE in one step; check the name for this distribution',
      sources: ['https://docs.docker.com/build/building/best-practices/#apt-get'],
      examples: ['E: Unable to locate package nvidia-container-toolkit'],
      explains: ['build_step_failed'],
    },
    {
      id: 'apt_locked',
      signs: [['could not get lock', /E: Could not get lock \/var\/lib\/(?:dpkg|apt)\//]],
      cause: 'another program installs packages at the moment, mostly the automatic updates',
      fix: 'wait until it is done and try again, or let apt wait: -o DPkg::Lock::Timeout=300',
      sources: ['pytorch/pytorch#108862', 'servo/ci-runners#57'],
      examples: ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 2448 (unattended-upgr)'],
      explains: ['build_step_failed'],
    },
    {
      id: 'pip_hash_mismatch',
      signs: ['do not match the hashes from the requirements file'],
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
      id: 'git_access_denied',
      signs: [
        [
          'permission denied (publickey',
          /\bgit@\S{1,100}: Permission denied \(publickey|Permission denied \(publickey.{0,120}Could not read from remote/i,
        ],
        ['host key verification failed', /Host key verification failed.{0,60}Could not read from remote/i],
        ['could not read username', /could not read Username for/i],
      ],
      cause: 'a private repository is fetched in the build, which has neither key nor token',
      fix: 'RUN --mount=type=ssh, and build with --ssh default (gpudock.yaml: ssh), after ssh-add',
      sources: ['jupyterhub/repo2docker#359', 'moby/buildkit#1035'],
      examples: [
        'git@github.com: Permission denied (publickey).',
        "fatal: could not read Username for 'https://github.com': No such device or address",
      ],
      explains: ['build_step_failed', 'pip_build_failed'],
    },
    {
      id: 'conda_unsatisfiable',
      signs: [
        ['resolvepackagenotfound', /ResolvePackageNotFound/],
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
      id: 'conda_terms_not_accepted',
      signs: ['terms of service have not been accepted'],
      cause: 'the default channels of Anaconda are used, whose terms nobody accepted in this image',
      fix: 'use conda-forge (Miniforge as base); or in the Dockerfile: RUN conda tos accept, where the terms allow it',
      sources: ['https://www.anaconda.com/docs/getting-started/tos-plugin'],
      examples: ['CondaToSNonInteractiveError: Terms of Service have not been accepted for the following channels.'],
      explains: ['build_step_failed'],
    },
    {
      id: 'build_canceled',
      signs: [
        [
          'context canceled',
          /(?:failed to solve|rpc error: code = Canceled|(?:docker|image|bake) build).{0,100}context canceled/i,
        ],
        ['buildx: interrupted', /(?:buildx|docker build).{0,40}interrupted/i],
      ],
      cause: 'the build was ended from outside (Ctrl-C, a lost connection, a time limit of the CI); no step failed',
      fix: 'build again; finished steps come from the cache',
      sources: ['Brac24/jetson-nano-slam:docker-build.log'],
      examples: ['ERROR: failed to solve: Canceled: context canceled'],
      explains: ['build_step_failed'],
    },
    {
      id: 'build_file_missing',
      signs: [
        ['failed to calculate checksum', /failed to (?:calculate checksum|compute cache key).{0,300}not found/i],
        ['failed to read dockerfile', /failed to read dockerfile/i],
        ['copy failed:', /COPY failed: (?:file not found|stat)/i],
        ['add failed:', /ADD failed: (?:file not found|stat)/i],
        ['unable to prepare context', /unable to prepare context/i],
        ['could not open requirements file', /ERROR: Could not open requirements file: .{0,20}No such file/i],
      ],
      cause: 'the build copies a file that is not in its context: not there, or excluded by .dockerignore',
      fix: 'check the path against the folder that is built, and .dockerignore',
      sources: ['https://docs.docker.com/build/concepts/context/'],
      examples: [
        'ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref x: "/requirements.txt": not found',
        'failed to read dockerfile: open Dockerfile: no such file or directory',
      ],
      explains: ['build_step_failed', 'manifest_unknown'],
    },
    {
      id: 'dockerfile_invalid',
      signs: [
        ['dockerfile parse error', /dockerfile parse error/i],
        ['unknown instruction', /unknown instruction: \S{1,60}/i],
        ['the --mount option requires', /the --mount option requires BuildKit/i],
      ],
      cause: 'the Dockerfile does not parse, or needs BuildKit and is built without it',
      fix: 'docker build --check . names the line; install buildx for --mount',
      sources: ['https://docs.docker.com/reference/dockerfile/'],
      examples: ['ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: RUM'],
      explains: ['build_step_failed'],
    },
    {
      id: 'build_step_failed',
      signs: [
        ['did not complete successfully', /did not complete successfully: exit code: ?\d{1,3}/i],
        ['returned a non-zero code', /returned a non-zero code: ?\d{1,3}/i],
        ['executor failed running', /executor failed running \[/i],
        ['error: building at step', /Error: building at STEP|error building at STEP/i],
      ],
      cause: 'a RUN step of the Dockerfile failed for a reason of the project itself; the lines above it say which',
      fix: 'read the lines of that step; docker build --progress=plain shows all of them',
      sources: ['https://docs.docker.com/reference/dockerfile/#run'],
      examples: [
        'ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete successfully: exit code: 127',
        "The command '/bin/sh -c make' returned a non-zero code: 2",
      ],
      explains: ['volume_permission_denied', 'command_not_found', 'no_cuda_gpu', 'tf_no_cuda_driver'],
      vague: true,
    },
  ],
};
