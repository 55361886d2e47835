import type {Topic} from './failure.js';

/** What the engine and the NVIDIA container toolkit say when a container with GPUs does not start. */
export const containerStart: Topic = {
  title: 'GPU access of a container',
  failures: [
    {
      id: 'no_gpu_device_driver',
      signs: [
        ['select device driver', /could not select device driver "?(?:nvidia)?"? ?with capabilities: ?\[\[.{0,60}gpu/i],
        ['select device driver', /could not select device driver "?nvidia"? ?with capabilities: ?\[\[/i],
      ],
      cause:
        'the engine knows no GPU driver: nvidia-container-toolkit is not installed, the daemon was not restarted since, or another engine answers (snap, Docker Desktop, rootless) that cannot see the toolkit',
      fix: 'install nvidia-container-toolkit, then: sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker; check `docker context ls`, remove snap Docker',
      fixes: {
        debian:
          'gpudock setup; or, with the repository of NVIDIA: sudo apt-get install nvidia-container-toolkit && sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker',
        fedora:
          'gpudock setup; or, with the repository of NVIDIA: sudo dnf install nvidia-container-toolkit && sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker',
        suse: 'gpudock setup; or, with the repository of NVIDIA: sudo zypper install nvidia-container-toolkit && sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker',
        arch: 'sudo pacman -S nvidia-container-toolkit && sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker',
        wsl: 'gpudock setup, in WSL; with Docker Desktop: switch on its WSL2 engine and the integration with this distribution',
      },
      sources: [
        'NVIDIA/nvidia-docker#1034',
        'NVIDIA/nvidia-docker#1243',
        'NVIDIA/nvidia-container-toolkit#854',
        'moby/moby:daemon/errors.go',
      ],
      examples: ['docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].'],
    },
    {
      id: 'driver_too_old_for_image',
      signs: [
        ['unsatisfied condition', /unsatisfied condition: ?(?:cuda|driver|brand|arch) ?(?:>=|<=|=|<|>|!=)/i],
        // A terminal may break the line within the words.
        [
          'requirement error:',
          /requirement error: unsatisfied condition: ?(?:cuda|driver|brand|arch) ?(?:>=|<=|=|<|>|!=)/i,
        ],
        ['built for nvidia driver', /container was built for NVIDIA Driver Release \S{1,20} or later/i],
      ],
      cause:
        "the driver meets no clause of the image's NVIDIA_REQUIRE_CUDA; the message names only the first one and hides the alternatives by driver branch and brand",
      fix: 'take an image whose CUDA version is not above the one nvidia-smi shows (gpudock match), or update the driver',
      fixes: {
        wsl: 'take an image whose CUDA version is not above the one nvidia-smi shows (gpudock match), or update the NVIDIA driver in Windows',
      },
      sources: [
        'NVIDIA/nvidia-container-toolkit#152',
        'containers/ramalama#944',
        'NVIDIA/libnvidia-container:src/cli/dsl.c',
      ],
      examples: [
        'nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.8, please update your driver to a newer version, or use an earlier cuda container: unknown',
      ],
    },
    {
      id: 'nvidia_runtime_missing',
      signs: [
        ['runtime name: nvidia', /unknown or invalid runtime name: nvidia/i],
        ['unknown runtime specified', /Unknown runtime specified nvidia/i],
        ['executable file not found', /"?nvidia-container-runtime"?: executable file not found/i],
        ['nvidia-container-runtime', /exec \S{0,100}nvidia-container-runtime: no such file or directory/i],
        ['no runtime for', /no runtime for "?nvidia"? is configured/i],
      ],
      cause:
        'the engine has no runtime named nvidia: the toolkit is not configured, the daemon was not restarted since, or another engine answers',
      fix: 'sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker; or use --gpus all in place of --runtime=nvidia',
      sources: [
        'Steam-Headless/docker-steam-headless#117',
        'NVIDIA/nvidia-container-toolkit#150',
        'canonical/docker-snap#180',
        'NVIDIA/nvidia-docker#1121',
      ],
      examples: [
        'docker: Error response from daemon: unknown or invalid runtime name: nvidia.',
        'Error response from daemon: Unknown runtime specified nvidia.',
        'OCI runtime create failed: unable to retrieve OCI runtime error: fork/exec /usr/bin/nvidia-container-runtime: no such file or directory: unknown.',
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "nvidia" is configured',
      ],
    },
    {
      id: 'nvidia_runtime_missing',
      signs: ['container.runtime.name must be set'],
      cause: 'the containerd configuration that nvidia-ctk wrote lacks runtime_type (mended in toolkit 1.20.0)',
      fix: 'update nvidia-container-toolkit to 1.20.0 or later, and configure containerd again',
      sources: ['NVIDIA/nvidia-container-toolkit#1956', 'NVIDIA/nvidia-container-toolkit:CHANGELOG.md@v1.20.0'],
      examples: ['container.Runtime.Name must be set'],
    },
    {
      id: 'nvidia_docker_1',
      signs: [
        ['nvidia-docker.sock', /dial unix \S{1,80}nvidia-docker\.sock/i],
        ['create nvidia_driver_', /create nvidia_driver_[\d.]{3,12}: /i],
      ],
      cause: 'nvidia-docker 1 is used, which has had no support since 2018, and its volume plugin does not run',
      fix: 'remove nvidia-docker and its containers and volumes; install nvidia-container-toolkit (gpudock setup), and use docker run --gpus all',
      sources: ['NVIDIA/nvidia-docker#105', 'NVIDIA/nvidia-docker:README.md'],
      examples: [
        'docker: Error response from daemon: create nvidia_driver_352.63: Post http://%2Fvar%2Flib%2Fnvidia-docker%2Fnvidia-docker.sock/VolumeDriver.Create: dial unix /var/lib/nvidia-docker/nvidia-docker.sock: connect: no such file or directory.',
      ],
    },
    {
      id: 'nvidia_hook_missing',
      signs: [
        ['no such file or directory', /(?:fork\/exec|stat) \S{0,100}nvidia-(?:ctk|cdi-hook): no such file/i],
        [
          'nvidia-container-',
          /(?:stat|exec|find|path)\b.{0,60}nvidia-container-(?:runtime-hook|toolkit|cli)\W{0,3} ?(?:no such file|executable file not found)/i,
        ],
      ],
      cause:
        'nvidia-container-runtime is installed, and the hook that it calls is not: packages of the toolkit are missing',
      fix: 'reinstall nvidia-container-toolkit with all that it depends on; which nvidia-container-runtime-hook nvidia-container-cli shows what is there',
      sources: ['NVIDIA/nvidia-container-runtime#68', 'moby/moby:daemon/nvidia_linux.go'],
      examples: [
        'nvidia-container-runtime: inject NVIDIA hook: stat /usr/bin/nvidia-container-runtime-hook: no such file or directory',
      ],
      explains: ['nvidia_runtime_failed', 'command_not_found'],
    },
    {
      id: 'toolkit_versions_mixed',
      signs: [
        ['unrecognized option', /nvidia-container-cli(?:\.real)?\b.{0,60}: unrecognized option/i],
        ['symbol lookup error', /nvidia-container-(?:cli|runtime)\S{0,10}: symbol lookup error/i],
        ['libnvidia-container', /libnvidia-container\.so\.1\W.{0,60}(?:version .{1,40} not found|undefined symbol)/i],
      ],
      cause:
        'the packages of the NVIDIA container toolkit are of different versions, and one asks another for what it does not know',
      fix: 'bring nvidia-container-toolkit, nvidia-container-toolkit-base, libnvidia-container-tools and libnvidia-container1 to one version, and remove nvidia-docker2 and copies in /usr/local/bin',
      sources: [
        'NVIDIA/nvidia-container-runtime#26',
        'https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html',
      ],
      examples: ["nvidia-container-cli configure: unrecognized option '--display'"],
    },
    {
      id: 'nvidia_runtime_failed',
      signs: [['did not terminate suc', /nvidia-container-runtime did not terminate suc+essfully/i]],
      cause: 'nvidia-container-runtime ended with an error of its own before it started the container',
      fix: 'sudo nvidia-container-runtime --version; set debug = "/var/log/nvidia-container-runtime.log" under [nvidia-container-runtime] in /etc/nvidia-container-runtime/config.toml, start again and read that file; packages of one version often mend it',
      sources: ['NVIDIA/nvidia-container-toolkit#34', 'NVIDIA/cloud-native-docs:container-toolkit/troubleshooting.md'],
      examples: [
        'failed to create shim task: OCI runtime create failed: nvidia-container-runtime did not terminate successfully: exit status 1: unknown.',
      ],
      vague: true,
    },
    {
      id: 'low_level_runtime_missing',
      signs: [
        ['find runc path', /find runc path: exec: "?runc"?: executable file not found/i],
        ['low-level runtime', /error (?:constructing|locating) (?:the )?low-level runtime/i],
      ],
      cause: 'nvidia-container-runtime finds no runc (or crun) to hand the container to',
      fix: 'install runc; or name what is there in /etc/nvidia-container-runtime/config.toml: runtimes = ["crun", "runc"]',
      sources: ['NVIDIA/nvidia-docker#1017'],
      examples: [
        'ERROR: /usr/bin/nvidia-container-runtime: find runc path: exec: "runc": executable file not found in $PATH',
      ],
      explains: ['command_not_found'],
    },
    {
      id: 'driver_library_missing',
      signs: [
        ['error_library_not_found', /NVML.{0,60}\bERROR_LIBRARY_NOT_FOUND/i],
        ['load library failed', /load library failed: ?lib(?:nvidia-ml|cuda)\.so/i],
        ['nvml shared library', /NVML Shared Library Not Found/i],
        ['any nv files on this host', /Could not find any nv files on this host/i],
        [
          'libnvidia-ml.so',
          /(?:couldn.{1,3}t find|could not load|cannot find|failed to load) (?:the )?"?libnvidia-ml\.so/i,
        ],
        ['could not load nvml', /could not load NVML library/i],
      ],
      cause:
        "the toolkit does not find the driver's library on the machine it runs on: no driver there, the machine of Docker Desktop in place of the host, or snap and rootless confinement",
      fix: 'install the driver on the host (not in WSL) and use the native engine (docker context use default); then: sudo ldconfig',
      fixes: {
        wsl: 'install the NVIDIA driver in Windows; in WSL: ls /usr/lib/wsl/lib/libnvidia-ml.so.1, and remove Linux driver packages; then in PowerShell: wsl --shutdown',
      },
      sources: ['docker/for-win#13835', 'NVIDIA/libnvidia-container#231', 'NVIDIA/nvidia-container-toolkit#154'],
      examples: [
        'nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1: cannot open shared object file: no such file or directory: unknown',
      ],
      explains: ['library_missing', 'cuda_init_failed'],
    },
    {
      id: 'driver_library_missing',
      signs: [
        ['libcuda.so', /libcuda\.so(?:\.1)?["':]{0,2} ?(?:cannot open shared object file|not found)/i],
        ['open cuda library', /Couldn.{1,3}t open CUDA library libcuda\.so/i],
        ['load dynamic library', /Could not load dynamic library .{0,2}libcuda\.so\.1/i],
        ['cannot find -lcuda', /\bld: cannot find -lcuda\b/],
        ['libcuda.so', /libcuda\.so(?:\.1)?"? (?:cannot be found|could not be found|is missing)/i],
      ],
      cause:
        'the program sees no driver library: the container was started without GPU, NVIDIA_DRIVER_CAPABILITIES lacks compute, or it runs while an image is built, where no driver is mounted',
      fix: 'start with --gpus all and NVIDIA_DRIVER_CAPABILITIES=compute,utility; in a build link against the stub and run no GPU code',
      sources: ['leejet/stable-diffusion.cpp#1352', 'abetlen/llama-cpp-python#1169'],
      examples: [
        'error while loading shared libraries: libcuda.so.1: cannot open shared object file: No such file or directory',
        'OSError: libcuda.so.1: cannot open shared object file',
        "W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library 'libcuda.so.1'; dlerror: libcuda.so.1: cannot open shared object file: No such file or directory",
      ],
      explains: ['library_missing', 'cuda_init_failed', 'tf_no_cuda_driver'],
    },
    {
      id: 'require_cuda_invalid',
      signs: [['requirement error', /requirement error: invalid expression/i]],
      cause: "the image's NVIDIA_REQUIRE_CUDA is not of the form that the toolkit reads",
      fix: 'look at it (docker inspect IMAGE); start with -e NVIDIA_DISABLE_REQUIRE=1, or take another image',
      sources: ['mudler/LocalAGI#49'],
      examples: ['nvidia-container-cli: requirement error: invalid expression: unknown'],
    },
    {
      id: 'mount_file_exists',
      signs: [['mount error:', /nvidia-container-cli(?:\.real)?: mount error: .{0,400}file exists/i]],
      cause:
        'driver libraries (libcuda, libnvidia-*) are part of the image, and the toolkit cannot mount over them; mostly under WSL2',
      fix: 'remove libcuda.so* and libnvidia-*.so* from the image, and install no driver packages in images',
      sources: ['NVIDIA/nvidia-container-toolkit#289', 'NVIDIA/nvidia-docker#1551', 'NVIDIA/nvidia-docker#1699'],
      examples: [
        'nvidia-container-cli: mount error: file creation failed: /var/lib/docker/overlay2/abc/merged/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1: file exists: unknown',
      ],
    },
    {
      id: 'docker_restart_needed',
      signs: [
        [
          '/proc/driver/nvidia/params',
          /nvidia-container-cli(?:\.real)?: mount error: .{0,400}\/proc\/driver\/nvidia\/params\S{0,80}: no such file/i,
        ],
      ],
      cause: 'the driver was replaced while the daemon ran: its containers still see the files of the one before',
      fix: 'sudo systemctl restart docker',
      sources: ['NVIDIA/nvidia-container-toolkit#169'],
      examples: [
        'nvidia-container-cli: mount error: mount operation failed: /var/lib/docker/overlay2/a/merged/proc/driver/nvidia/params/version/registry: no such file or directory: unknown',
      ],
    },
    {
      id: 'mount_read_only',
      signs: [['mount error:', /nvidia-container-cli(?:\.real)?: mount error: .{0,400}read-only file system/i]],
      cause: 'the toolkit cannot create the files it mounts over: the image or a volume is read-only at that place',
      fix: 'do not mount /usr or /usr/lib read-only into the container, and drop --read-only; on Jetson update nvidia-container-toolkit',
      sources: ['NVIDIA/nvidia-container-toolkit#289', 'dusty-nv/jetson-containers#1460'],
      examples: [
        'nvidia-container-cli: mount error: file creation failed: /var/lib/docker/overlay2/x/merged/usr/lib/aarch64-linux-gnu/libcuda.so.1.1: read-only file system: unknown',
      ],
    },
    {
      id: 'driver_rpc_error',
      signs: [
        [
          'initialization error: driver',
          /nvidia-container-cli(?:\.real)?: initialization error: driver (?:rpc )?error/i,
        ],
        ['driver rpc error', /nvidia-container-cli(?:\.real)?: \w{1,20} error: driver rpc error/i],
      ],
      cause:
        'the driver took too long to start, because no client keeps it loaded (several GPUs, persistence off), or a GPU hangs',
      fix: 'sudo systemctl enable --now nvidia-persistenced; sudo dmesg | grep -i xid',
      sources: ['NVIDIA/nvidia-container-toolkit#202', 'NVIDIA/nvidia-docker#1648'],
      examples: ['nvidia-container-cli: initialization error: driver rpc error: timed out: unknown'],
    },
    {
      id: 'unknown_gpu_device',
      signs: [
        [
          'deserialize object on cuda device',
          /deserialize object on CUDA device \d{1,3} but torch\.cuda\.device_count\(\) is \d/i,
        ],
        ['device error:', /nvidia-container-cli(?:\.real)?: device error: .{0,120}unknown device/i],
        ['unknown device id', /unknown device id: ?\S/i],
        ['invalid device ordinal', /CUDA error: invalid device ordinal|cudaErrorInvalidDevice\b/i],
        ['invalid device id', /\bAssertionError: Invalid device id\b/],
      ],
      cause:
        'a GPU index or UUID was asked for (--gpus device=, NVIDIA_VISIBLE_DEVICES, cuda:N) that does not exist here',
      fix: 'nvidia-smi -L, then name a GPU that is listed',
      sources: ['NVIDIA/nvidia-docker#1283', 'NVIDIA/enroot#207', 'NVIDIA/nvidia-container-toolkit#203'],
      examples: [
        'nvidia-container-cli: device error: 2: unknown device: unknown',
        'RuntimeError: CUDA error: invalid device ordinal',
      ],
    },
    {
      id: 'hook_called_directly',
      signs: ['container runtime hook directly'],
      cause:
        'the toolkit is set to another mode than legacy (cdi, or csv on Jetson), in which --gpus may not call its hook',
      fix: 'use --runtime=nvidia or CDI device names (--device nvidia.com/gpu=all)',
      sources: ['NVIDIA/nvidia-container-toolkit:cmd/nvidia-container-runtime-hook/hook_config.go@v1.20.0'],
      examples: [
        'invoking the NVIDIA Container Runtime Hook directly (e.g. specifying the docker --gpus flag) is not supported. Please use the NVIDIA Container Runtime (e.g. specify the --runtime=nvidia flag) instead',
      ],
    },
    {
      id: 'hook_permission_denied',
      signs: [
        [
          'nvidia-container-cli',
          /nvidia-container-cli(?:\.real)?: (?:initialization|mount|container|permission|ldcache) error: .{0,200}: (?:permission denied|operation not permitted)\b/i,
        ],
        ['open failed:', /nvidia-container-cli(?:\.real)?: .{0,60}open failed: \S{1,100}: permission denied/i],
        [
          'nvidia-container',
          /exec \S{0,100}nvidia-container-(?:runtime-hook|runtime|cli|toolkit)\W{1,3}permission denied/i,
        ],
      ],
      cause:
        "the container toolkit's hook may not open what it needs on the host: a confined engine (Slurm, snap, SELinux) or a rootless one",
      fix: 'run the hook with the rights of the engine; for enroot check /etc/enroot/hooks.d and the namespaces, for SELinux: sudo ausearch -m avc -ts recent',
      sources: ['NVIDIA/enroot#207', 'NVIDIA/cloud-native-docs:container-toolkit/troubleshooting.md'],
      examples: ['nvidia-container-cli: initialization error: open failed: /proc/self/ns/mnt: permission denied'],
    },
    {
      id: 'hook_ldconfig_failed',
      signs: [['ldcache error', /nvidia-container-cli(?:\.real)?: ldcache error/i]],
      cause:
        'the hook of the container toolkit could not run ldconfig: its path is wrong for this distribution, or it was ended by a limit',
      fix: 'set ldconfig = "@/sbin/ldconfig" (Debian, Ubuntu: "@/sbin/ldconfig.real") in /etc/nvidia-container-runtime/config.toml; or use CDI',
      sources: ['NVIDIA/nvidia-docker#614'],
      examples: [
        'nvidia-container-cli: ldcache error: open failed: /sbin/ldconfig.real: no such file or directory',
        'nvidia-container-cli: ldcache error: process /sbin/ldconfig terminated with signal 9',
      ],
    },
    {
      id: 'smi_missing_in_container',
      signs: [
        ['exec nvidia-smi failed:', /exec nvidia-smi failed: No such file/],
        ['executable file not found', /"?nvidia-smi"?: executable file not found in/i],
        ['executable file ', /executable file ['"]nvidia-smi['"] not found in/i],
        ['nvidia-smi:', /nvidia-smi: (?:command )?not found/i],
        ['no such file or directory', /FileNotFoundError: .{0,40}No such file or directory: .?nvidia-smi\b/i],
        ['no such file or directory', /exec:? "?nvidia-smi"?: (?:stat )?.{0,20}no such file or directory/i],
      ],
      cause:
        'nvidia-smi comes into a container only with GPU access and the capability utility: it was started without GPUs, or by an engine that ignores the flag (snap)',
      fix: 'start with --gpus all and NVIDIA_DRIVER_CAPABILITIES=compute,utility',
      sources: ['NVIDIA/nvidia-docker#1668', 'mmartial/ComfyUI-Nvidia-Docker#57', 'canonical/docker-snap#184'],
      examples: [
        'docker: Error response from daemon: exec: "nvidia-smi": executable file not found in $PATH: unknown.',
        'bash: nvidia-smi: command not found',
      ],
    },
    {
      id: 'no_device_nodes_in_container',
      signs: [
        ['nvidia driver was not detected', /WARNING: ?The NVIDIA Driver was not detected/i],
        ['/dev/nvidia*', /cannot access .{0,2}\/dev\/nvidia\*.{0,3}: ?No such file/i],
        ['no nvidia gpu', /WARNING: No NVIDIA GPUs? detected/i],
      ],
      cause: 'the container has the NVIDIA settings and no GPU devices: it was started without GPU access',
      fix: 'start with --gpus all (or --device nvidia.com/gpu=all)',
      sources: [
        'pranavmishra90/nvidia-container-images-cuda:entrypoint.d/50-gpu-driver-check.sh',
        'containers/ramalama#1234',
      ],
      examples: [
        'WARNING: The NVIDIA Driver was not detected.  GPU functionality will not be available.',
        "ls: cannot access '/dev/nvidia*': No such file or directory",
      ],
      explains: ['tf_no_cuda_driver', 'tf_cuinit_no_device', 'cuda_init_failed'],
    },
    {
      id: 'gid_without_name',
      signs: ['cannot find name for group id'],
      cause: 'harmless: toolkit 1.19 and later add the group ids of the device files, which have no name in the image',
      fix: 'nothing to do; or the feature flag no-additional-gids-for-device-nodes',
      sources: ['NVIDIA/cloud-native-docs:container-toolkit/troubleshooting.md'],
      examples: ['groups: cannot find name for group ID 993'],
      vague: true,
    },
  ],
};
