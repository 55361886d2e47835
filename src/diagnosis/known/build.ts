import type {Topic} from './failure.js';

/** What stops an image from being built: BuildKit, files, disks. */
export const build: Topic = {
  title: 'Builds and disks',
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
      id: 'git_access_denied',
      signs: [
        ['fatal: repository', /fatal: repository '?https?:\/\/\S{1,200} not found/i],
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
        ['error checking context:', /error checking context: .{0,10}can.t stat/i],
        ['resolve : lstat', /resolve : lstat \S{1,200}: no such file/i],
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
        ['building at step', /Error:? building at STEP/i],
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
    {
      id: 'git_dubious_ownership',
      signs: ['detected dubious ownership in repository'],
      cause: 'the folder belongs to another user than the one git runs as, as bind mounts often do in a container',
      fix: 'git config --global --add safe.directory PATH; or run the container as yourself (--user "$(id -u):$(id -g)")',
      sources: ['https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory'],
      examples: ["fatal: detected dubious ownership in repository at '/workspace'"],
      explains: ['build_step_failed', 'pip_build_failed'],
    },
  ],
};
