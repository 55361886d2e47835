import type {Topic} from './failure.js';

/** What the engine says of itself, and of starting any container. */
export const engine: Topic = {
  title: 'Engine and start of a container',
  failures: [
    {
      id: 'docker_permission_denied',
      signs: [
        ['permission denied while', /permission denied while trying to connect to the docker (?:daemon socket|API)/i],
        ['docker.sock', /dial unix \S{1,80}docker\.sock: connect: permission denied/i],
        ['docker.sock', /docker\.sock.{0,80}(?:PermissionError|Permission denied)/i],
        ['connection aborted', /Connection aborted\.?.{0,6}PermissionError\(13/i],
      ],
      cause: 'this user may not open the socket of Docker',
      fix: 'sudo usermod -aG docker "$USER", and log in again (the group gives root rights); or use a rootless engine',
      sources: ['https://docs.docker.com/engine/install/linux-postinstall/', 'Linuxfabrik/monitoring-plugins'],
      examples: [
        'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.51/info": dial unix /var/run/docker.sock: connect: permission denied',
      ],
      explains: ['volume_permission_denied', 'docker_daemon_unreachable'],
    },
    {
      id: 'docker_daemon_unreachable',
      signs: [
        'cannot connect to the docker daemon',
        ['connect to docker daemon at', /Couldn.{1,3}t connect to Docker daemon at/i],
        ['failed to connect to the docker api', /failed to connect to the docker API at/i],
        ['the system cannot find the file', /open \/\/\.\/pipe\/docker\w{0,30}: The system cannot find the file/i],
        ['the docker daemon is not running', /may indicate that the docker daemon is not running/i],
        ['docker desktop is', /Docker Desktop is (?:not running|unable to start)/i],
        ['docker.sock', /dial unix \S{1,80}(?<![\w-])docker\.sock: connect: (?:no such file|connection refused)/i],
        ['cannot connect to podman', /Cannot connect to Podman/i],
        ['connection aborted', /Connection aborted\.?.{0,6}(?:FileNotFoundError\(2|ConnectionRefusedError)/i],
      ],
      cause: 'no daemon answers: it is stopped, failed to start, or another context or DOCKER_HOST is set',
      fix: 'sudo systemctl start docker; then: docker context ls; journalctl -u docker -n 50',
      fixes: {
        wsl: 'start Docker Desktop and its integration with this distribution; for an engine in WSL: sudo service docker start',
      },
      sources: ['https://docs.docker.com/engine/daemon/troubleshoot/'],
      examples: [
        'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
        'error during connect: this error may indicate that the docker daemon is not running: Get "http://%2F%2F.%2Fpipe%2Fdocker_engine/v1.24/info": open //./pipe/docker_engine: The system cannot find the file specified.',
      ],
    },
    {
      id: 'config_error',
      signs: [
        ['invalid runtime mode', /invalid runtime mode: \S/i],
        ['error loading config:', /error loading config: \(\d{1,5}, \d{1,5}\): /i],
        ['load config for runtime', /unable to load config for runtime \w{1,20}: /i],
        ['unable to configure the docker daemon', /unable to configure the Docker daemon with file/i],
        ['runtime/config.toml', /(?:error|unable|failed|cannot).{0,120}config\.toml/i],
        [
          'daemon.json',
          /(?:invalid character|cannot unmarshal|unexpected end of JSON).{0,200}daemon\.json|daemon\.json.{0,120}(?:invalid character|cannot unmarshal|unexpected end of JSON)/i,
        ],
        ['directives don', /directives don.{1,2}t match any configuration option/i],
        [
          'following directives are specified',
          /directives are specified both as a flag and in the configuration file/i,
        ],
        ['error loading config file', /Error loading config file/i],
      ],
      cause:
        'a configuration file cannot be read: broken JSON or TOML, an unknown option, or one that is also given as a flag',
      fix: 'sudo dockerd --validate --config-file /etc/docker/daemon.json; mend the place it names, then: sudo systemctl restart docker',
      sources: ['https://docs.docker.com/engine/daemon/troubleshoot/'],
      examples: [
        "unable to configure the Docker daemon with file /etc/docker/daemon.json: invalid character '}' looking for beginning of object key string",
      ],
      explains: ['docker_daemon_unreachable'],
    },
    {
      id: 'engine_too_old',
      signs: [['syscall clone3', /seccomp filter rule for syscall clone3/i]],
      cause:
        'engine, runc and libseccomp are of different ages: the older part does not know the system call clone3, which newer images use',
      fix: 'update Docker, containerd.io and libseccomp2 together',
      sources: ['containerd/containerd#6203', 'moby/moby#42681'],
      examples: ['error adding seccomp filter rule for syscall clone3: permission denied: unknown'],
    },
    {
      id: 'platform_mismatch',
      signs: [
        ['exec format error', /exec format error/i],
        'no matching manifest for',
        [
          'match the specified platform',
          /was found but does not match the specified platform|image .{0,200}does not match the specified platform/i,
        ],
        ['no match for platform', /no match for platform in manifest/i],
        ['does not match the', /image.{0,2}s platform \(\S{1,40}\) does not match/i],
        ['its platform (', /but its platform \(\S{1,40}\) does not match/i],
        ['does not provide the specified platform', /does not provide the specified platform/i],
      ],
      cause: "the image was made for another CPU architecture than this machine's",
      fix: 'take an image with a manifest for this architecture (gpudock match); emulation gives no GPU access',
      sources: ['mmartial/ComfyUI-Nvidia-Docker#96', 'infiniflow/ragflow#13845', 'pytorch/pytorch#145716'],
      examples: [
        'exec /usr/bin/bash: exec format error',
        'no matching manifest for linux/arm64/v8 in the manifest list entries',
        "WARNING: The requested image's platform (linux/amd64) does not match the detected host platform (linux/arm64/v8) and no specific platform was requested",
      ],
    },
    {
      id: 'port_in_use',
      signs: [
        'port is already allocated',
        [
          'address already in use',
          /(?:bind|listen|port|tcp|socket|server|uvicorn|errno 98|EADDRINUSE|0\.0\.0\.0|127\.0\.0\.1).{0,120}address already in use/i,
        ],
        ['no available port could be found', /server could not be started because no available port/i],
        ['ports are not available', /Ports are not available/i],
        [
          'is already in use',
          /\bThe port \d{2,5} is already in use(?!, trying another)|\bport \d{2,5} is already in use(?!, trying another)/i,
        ],
        ['eaddrinuse', /EADDRINUSE/],
        ['already in use', /Socket .{1,3}[\d.]{7,15}:\d{2,5}.{1,3} already in use/i],
        ['could not be reserved', /no available port could be found/i],
      ],
      cause: 'another program or container already listens on that port of the host',
      fix: 'ss -ltnp "sport = :PORT" names it; stop it, or publish another port (-p 127.0.0.1:OTHER:PORT)',
      sources: ['jupyter/docker-stacks#1035', 'jupyter/notebook#4852'],
      examples: [
        'Error response from daemon: driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:8888 failed: port is already allocated',
        'Error starting userland proxy: listen tcp4 0.0.0.0:8888: bind: address already in use',
        "OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use",
      ],
    },
    {
      id: 'docker_network_rules_lost',
      signs: [['no chain/target/match', /iptables.{0,400}No chain\/target\/match by that name/i]],
      cause:
        "Docker's rules in the firewall are gone: another program (firewalld, a script) rewrote them since the daemon started",
      fix: 'sudo systemctl restart docker',
      sources: ['https://docs.docker.com/engine/network/packet-filtering-firewalls/'],
      examples: [
        'driver failed programming external connectivity on endpoint x: iptables failed: iptables -t nat -A DOCKER -p tcp: iptables: No chain/target/match by that name.',
      ],
    },
    {
      id: 'docker_address_pool_exhausted',
      signs: [['non-overlapping ipv4', /could not find an available, non-overlapping IPv4 address pool/i]],
      cause:
        'Docker has no network addresses left to give: many networks of Compose projects, or a VPN that holds them all',
      fix: 'docker network prune; or more room: "default-address-pools" in daemon.json',
      sources: ['https://docs.docker.com/engine/network/'],
      examples: [
        'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
      ],
    },
    {
      id: 'k8s_no_free_gpu',
      signs: [['insufficient nvidia.com/gpu', /\d{1,6} Insufficient nvidia\.com\/gpu/]],
      cause: 'no node of the cluster has a free GPU: all are taken, or the device plugin sees none',
      fix: 'kubectl describe nodes | grep nvidia.com/gpu; where it is missing look at the log of the NVIDIA device plugin',
      sources: ['https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/'],
      examples: ['0/3 nodes are available: 3 Insufficient nvidia.com/gpu.'],
    },
    {
      id: 'container_name_in_use',
      signs: [['container name', /container name "?\/?[\w.-]{1,128}"? is already in use/i]],
      cause: 'a container of that name exists already, perhaps stopped',
      fix: 'docker rm NAME, or choose another name',
      sources: ['https://docs.docker.com/reference/cli/docker/container/run/'],
      examples: [
        'docker: Error response from daemon: Conflict. The container name "/trainer" is already in use by container "0f1e". You have to remove (or rename) that container to be able to reuse that name.',
      ],
    },
    {
      id: 'command_not_found',
      signs: [
        ['[fatal tini', /\[FATAL tini .{0,10}\] exec (?!nvidia-smi)\S{1,200} failed: No such file/],
        [
          'executable file not found',
          /exec:? "?(?!nvidia-)[\w./-]{1,80}"?: executable file(?: `[\w./-]{1,80}`)? not found in/i,
        ],
        [
          'command not found',
          /\b(?:docker|nvcc|nvidia-ctk|podman|docker-compose|jupyter|jupyter-lab|conda|add-apt-repository|lsb_release|gpg|git|curl|wget|make|cmake|ninja|gcc|g\+\+|pip3?|python3?|unzip|sudo|tini): command not found/i,
        ],
        [': not found', /\bsh: (?:(?:line )?\d{1,4}: )?(?!nvidia-smi)[\w.+-]{1,60}: (?:command )?not found/],
        ['not found, but can be installed', /Command .{0,2}[\w.-]{1,40}.{0,2} not found, but can be installed/i],
      ],
      cause: 'the program is not in the image, or not on its PATH',
      fix: 'install it in the image, or name it by its whole path',
      sources: ['https://docs.docker.com/reference/cli/docker/container/run/#exit-status'],
      examples: [
        'docker: Error response from daemon: failed to create task for container: exec: "jupyter-lab": executable file not found in $PATH: unknown.',
        'bash: line 1: nvcc: command not found',
      ],
      vague: true,
    },
    {
      id: 'entrypoint_not_executable',
      signs: [
        ['[fatal tini', /\[FATAL tini .{0,10}\] exec \S{1,200} failed: Permission denied/],
        ['permission denied', /exec:? "?(?!\S{0,100}nvidia-container)[\w./-]{1,120}"?: permission denied/i],
        ['permission denied', /\b(?:ba|da|z)?sh: (?:(?:line )?\d{1,4}: )?\/[\w./-]{1,120}\.sh: Permission denied/],
        ['standard_init_linux', /standard_init_linux\.go:\d{1,4}: exec user process caused: permission denied/i],
      ],
      cause: 'the program that the container starts may not be executed',
      fix: 'chmod +x it before it is copied into the image (COPY --chmod=0755), and check that its volume is not mounted noexec',
      sources: ['https://docs.docker.com/reference/dockerfile/#copy'],
      examples: [
        'docker: Error response from daemon: failed to create task for container: exec: "./entrypoint.sh": permission denied: unknown.',
      ],
    },
    {
      id: 'bind_source_missing',
      signs: ['bind source path does not exist', ['invalid mount config', /invalid mount config for type "?bind"?/i]],
      cause:
        'the folder to be mounted does not exist where the engine runs; with a remote engine that is another machine',
      fix: 'create the folder first; check `docker context ls` for the machine the engine is on',
      sources: ['docker/cli#2622', 'docker/for-linux#1043'],
      examples: [
        'docker: Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /home/me/data.',
      ],
    },
    {
      id: 'bind_source_missing',
      signs: [
        ['creating mount source path', /error while creating mount source path .{1,400}: read-only file system/i],
      ],
      cause:
        'the folder to be mounted is not there, and the engine cannot make it: Docker from snap sees little of the disk',
      fix: 'keep the folder below your home; or sudo snap remove docker, and install Docker from its own packages',
      sources: ['canonical/docker-snap#188', 'sirixdb/sirix#632'],
      examples: [
        "Error response from daemon: error while creating mount source path '/opt/something/data': mkdir /opt/something: read-only file system",
      ],
    },
    {
      id: 'user_unknown_in_image',
      signs: ['no matching entries in passwd file', 'no matching entries in group file'],
      cause: 'the container is to run as a user, or in a group, whose name the image does not have',
      fix: 'give numbers in place of the name: --user "$(id -u):$(id -g)"; a name works once the Dockerfile has added the user',
      sources: ['moby/moby#22323', 'DeepLabCut/Docker4DeepLabCut2.0#16'],
      examples: [
        'docker: Error response from daemon: unable to find user jovyan: no matching entries in passwd file.',
        'docker: Error response from daemon: Unable to find group render: no matching entries in group file',
      ],
    },
    {
      id: 'script_line_endings',
      signs: [
        ['bad interpreter', /(?:\^M|\r): bad interpreter/],
        ['no such file or directory', /\benv: .{0,3}\w{1,20}[\r ].{0,3}: No such file or directory/],
      ],
      cause: 'the script has Windows line ends: the name of its interpreter ends in a carriage return',
      fix: 'dos2unix SCRIPT; and "*.sh text eol=lf" in .gitattributes, so that git leaves it so',
      sources: ['tiangolo/uwsgi-nginx-flask-docker#127', 'anthropics/claude-quickstarts#196'],
      examples: [
        "/usr/bin/env: 'bash\\r': No such file or directory",
        '/bin/sh: ./entrypoint.sh: /bin/bash^M: bad interpreter: No such file or directory',
      ],
    },
    {
      id: 'volume_permission_denied',
      signs: [
        ['unable to open database file', /sqlite3\.OperationalError: unable to open database file/],
        ['write a readonly database', /attempt to write a readonly database/i],
        [
          'permission denied: ',
          /(?:(?:PermissionError|OSError|directory): \[Errno 13\] Permission denied: ?.{0,2}(?!\/dev\/|\/proc\/|\/sys\/)[/.\w]|\[Errno 13\] Permission denied: ['"](?!\/dev\/|\/proc\/|\/sys\/)\/)/,
        ],
        [
          'permission denied',
          /(?:mkdir|touch|chown|cp|rm|tee|cannot (?:create|open|touch))\b.{0,60}.{0,2}(?!\/dev\/|\/proc\/|\/sys\/)\/[\w./-]{1,160}.{0,3}: Permission denied/,
        ],
        ['permission denied for', /Permission denied for .{0,40}(?:directory|folder|path|file|volume) \S{1,160}/i],
        ['changing ownership of', /changing ownership of .{1,160}: (?:Operation not permitted|Permission denied)/i],
        ['eacces: permission denied', /EACCES: permission denied, (?:open|mkdir|unlink|rename|scandir|access)/],
        ['permission denied: ', /(?:ServerApp|NotebookApp|LabApp)\b[^\]]{0,30}\] .{0,40}Permission denied: \S/],
        [
          'could not change permissions of',
          /could not change permissions of directory .{1,160}: (?:Operation not permitted|Permission denied)/i,
        ],
        ['is not a writable location', /IPython (?:parent|dir) .{1,160} is not a writable location/i],
        ['is not writable', /(?:directory|folder|volume|path) \S{1,160} is not writable/i],
      ],
      cause:
        'the user in the container may not write to the mounted folder: it belongs to another user id on the host, often to root because the engine created it',
      fix: 'create the folder as yourself before the start, run with --user "$(id -u):$(id -g)", or: sudo chown -R "$(id -u):$(id -g)" FOLDER',
      sources: ['jupyter/docker-stacks#114', 'darribas/gds_env#46', 'facebookresearch/detectron2#381'],
      examples: [
        "PermissionError: [Errno 13] Permission denied: '/home/jovyan/work/run.ipynb'",
        "mkdir: cannot create directory '/data/checkpoints': Permission denied",
        "chown: changing ownership of '/var/lib/data': Operation not permitted",
      ],
      vague: true,
    },
    {
      id: 'bind_source_missing',
      signs: [
        ['mounts denied:', /Mounts denied: /i],
        ['is not shared from the host', /is not shared from the host and is not known to Docker/i],
      ],
      cause: 'Docker Desktop shares only some folders with its machine, and this one is not among them',
      fix: 'Docker Desktop: Settings, Resources, File sharing: add the folder; or keep the project below your home',
      sources: ['https://docs.docker.com/desktop/troubleshoot-and-support/troubleshoot/topics/'],
      examples: [
        'docker: Error response from daemon: Mounts denied: The path /data is not shared from the host and is not known to Docker.',
      ],
    },
    {
      id: 'bind_source_missing',
      signs: [['creating mount source path', /error while creating mount source path .{1,400}: file exists/i]],
      cause: 'a mount of the folder is stale: what Docker or WSL holds at that place no longer answers',
      fix: 'restart Docker Desktop (WSL: wsl --shutdown); for FUSE and network folders: sudo umount -l FOLDER, and mount it again',
      sources: ['https://docs.docker.com/engine/storage/bind-mounts/'],
      examples: [
        "Error response from daemon: error while creating mount source path '/host_mnt/data': mkdir /host_mnt/data: file exists",
      ],
    },
    {
      id: 'mount_kind_mismatch',
      signs: ['trying to mount a directory onto a file'],
      cause:
        'a folder is mounted where the image has a file, or the other way round: where the source is missing, Docker makes a folder of its name',
      fix: 'ls -ld SOURCE; remove the empty folder that was made, and create the file before the start',
      sources: ['https://docs.docker.com/engine/storage/bind-mounts/'],
      examples: [
        'Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type',
      ],
    },
    {
      id: 'docker_network_rules_lost',
      signs: [['could not find bridge', /could not find bridge \w/i]],
      cause: 'the bridge of Docker is gone: a network manager or a script removed it since the daemon started',
      fix: 'sudo systemctl restart docker',
      sources: ['https://docs.docker.com/engine/network/drivers/bridge/'],
      examples: [
        'adding interface veth12 to bridge docker0 failed: could not find bridge docker0: route ip+net: no such network interface',
      ],
    },
    {
      id: 'program_crashed',
      signs: [
        ['segmentation fault', /Segmentation fault(?: \(core dumped\)|$)|Fatal Python error: Segmentation fault/i],
        ['aborted (core dumped)', /\bAborted \(core dumped\)/],
        ['kernel died before', /Kernel died before replying to kernel_info/],
        ['signals.sigsegv', /died with <Signals\.SIG(?:SEGV|ABRT)/],
        ['signal 11 (sigsegv)', /Signal 11 \(SIGSEGV\)/],
      ],
      cause: "native code of the program ended it: often packages that were built for one another's other versions",
      fix: 'run it with python -X faulthandler: the last library it names is the one to look at; then versions that belong together (python -m pip check)',
      sources: ['https://docs.python.org/3/library/faulthandler.html'],
      examples: ['Segmentation fault (core dumped)', 'Fatal Python error: Segmentation fault'],
      vague: true,
    },
  ],
};
