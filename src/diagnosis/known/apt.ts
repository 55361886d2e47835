import type {Topic} from './failure.js';

/** What apt and yum say in builds. */
export const apt: Topic = {
  title: 'Packages of distributions',
  failures: [
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
      id: 'apt_key_missing',
      signs: [['valid openpgp data', /gpg: no valid OpenPGP data found/i]],
      cause: 'what was fetched as the key of a repository is no key: an error page, nothing, or curl is missing',
      fix: 'fetch the address by itself (curl -fsSL ADDRESS | head): -f makes curl fail where the server answers with an error',
      sources: ['https://manpages.debian.org/apt-secure.8'],
      examples: ['gpg: no valid OpenPGP data found.'],
      explains: ['build_step_failed'],
    },
    {
      id: 'apt_waits_for_answer',
      signs: ['please select the geographic area'],
      cause: 'a package asks a question while the image is built, and nobody can answer',
      fix: 'in that step: DEBIAN_FRONTEND=noninteractive apt-get install -y …; for the time zone also TZ=Etc/UTC',
      sources: ['https://docs.docker.com/build/building/best-practices/'],
      examples: [
        'Please select the geographic area in which you live. Subsequent configuration questions will narrow this down',
      ],
      explains: ['build_step_failed'],
    },
    {
      id: 'apt_stale_index',
      signs: [['unable to fetch some archives', /Unable to fetch some archives, maybe run apt-get update/i]],
      cause: 'packages that the index names could not be fetched: it is older than the archive, or the line broke off',
      fix: 'put apt-get update and apt-get install into one RUN step and build with --no-cache; the lines above name the packages',
      sources: ['https://docs.docker.com/build/building/best-practices/#apt-get'],
      examples: ['E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?'],
      explains: ['build_step_failed'],
      vague: true,
    },
  ],
};
