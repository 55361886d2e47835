import type {Topic} from './failure.js';

/** What an engine may not do: without root, inside a container, or with other cgroups than it expects. */
export const namespaces: Topic = {
  title: 'Cgroups, namespaces and limits',
  failures: [
    {
      id: 'cgroup_device_denied',
      signs: [
        'bpf_prog_query(bpf_cgroup_device) failed',
        'failed to get device cgroup mount path',
        [
          'add device rules',
          /failed to add device rules: .{0,120}(?:operation not permitted|find any existing device filters)/i,
        ],
        'cgroup subsystem devices not found',
        [
          '/devices.allow',
          /\/sys\/fs\/cgroup\/\S{1,200}\/devices\.allow: (?:permission denied|operation not permitted)/i,
        ],
      ],
      cause:
        'the legacy hook may not change the device rules of the cgroup: a rootless engine, a container in LXC, or a toolkit older than 1.8 on cgroup v2',
      fix: 'update nvidia-container-toolkit; rootless: sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups --in-place; or use CDI',
      sources: [
        'NVIDIA/libnvidia-container#154',
        'NVIDIA/nvidia-container-toolkit#139',
        'NVIDIA/nvidia-container-toolkit#1487',
        'NVIDIA/nvidia-docker#1660',
      ],
      examples: [
        'nvidia-container-cli: mount error: failed to add device rules: unable to find any existing device filters attached to the cgroup: bpf_prog_query(BPF_CGROUP_DEVICE) failed: operation not permitted: unknown',
        'nvidia-container-cli: container error: cgroup subsystem devices not found: unknown',
      ],
      explains: ['hook_permission_denied'],
    },
    {
      id: 'cgroup_ebpf_failed',
      signs: [
        [
          'add device rules',
          /failed to add device rules: .{0,60}(?:unable to generate|generate new device filter|create new device filter)/i,
        ],
        ['device filter program', /(?:load|attach|generate|make|create) .{0,30}device filter program/i],
        ['bpf_prog_load', /bpf_prog_load\b.{0,60}(?:failed|not permitted|invalid argument)/i],
      ],
      cause:
        "the program that filters the container's devices could not be made: an old toolkit on a new kernel, or locked memory too small",
      fix: 'update nvidia-container-toolkit, or use CDI (--device nvidia.com/gpu=all)',
      sources: ['NVIDIA/nvidia-container-toolkit#106', 'NVIDIA/libnvidia-container:src/nvcgo'],
      examples: [
        'nvidia-container-cli: mount error: failed to add device rules: unable to generate new device filter program from existing programs: unable to create new device filters program: load program: invalid argument: last insn is not an exit or jmp',
      ],
      explains: ['hook_permission_denied'],
    },
    {
      id: 'rootless_low_port',
      signs: [
        ['cannot expose', /cannot expose (?:privileged )?port \d{1,3},? .{0,20}you can add/i],
        ['ip_unprivileged_port_start', /ip_unprivileged_port_start ?(?:1024|[1-9]\d{1,4}\b)/i],
        ['rootlessport', /rootlessport .{0,120}(?:permission denied|cannot expose)/i],
      ],
      cause: 'a rootless engine may not publish a port below 1024',
      fix: 'publish a port from 1024 up; or: sudo sysctl net.ipv4.ip_unprivileged_port_start=80',
      sources: ['https://docs.docker.com/engine/security/rootless/'],
      examples: [
        "Error: rootlessport cannot expose privileged port 80, you can add 'net.ipv4.ip_unprivileged_port_start=80' to /etc/sysctl.conf (currently 1024), or choose a larger port number (>= 1024): listen tcp 0.0.0.0:80: bind: permission denied",
      ],
    },
    {
      id: 'uid_range_unmapped',
      signs: [
        ['cannot be mapped to a host', /Container ID \d{1,12} cannot be mapped to a host ID/i],
        ['insufficient uids or gids', /insufficient UIDs or GIDs available in user namespace/i],
        ['potentially insufficient', /potentially insufficient UIDs or GIDs/i],
        ['failed to register layer', /failed to register layer: .{0,160}lchown .{1,160}: invalid argument/i],
        ['no subuid ranges', /no sub[ug]id ranges found/i],
        ['/etc/subuid', /cannot find UID\/GID for user .{0,80}\/etc\/subuid/i],
      ],
      cause: 'the user namespace of the engine has fewer ids than the image uses',
      fix: 'sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$USER"; then: podman system migrate, or restart the rootless daemon',
      sources: ['https://docs.docker.com/engine/security/rootless/', 'containers/podman:troubleshooting.md'],
      examples: [
        'failed to register layer: Error processing tar file(exit status 1): Container ID 1000000 cannot be mapped to a host ID',
        'potentially insufficient UIDs or GIDs available in user namespace (requested 0:42 for /etc/gshadow)',
      ],
      explains: ['image_layer_corrupt'],
    },
    {
      id: 'nested_container_denied',
      signs: [
        ['unshare: operation not permitted', /unshare: operation not permitted/i],
        ['to rootfs', /error mounting "proc" to rootfs.{0,300}(?:operation not permitted|permission denied)/i],
        ['could not mount /sys/kernel/security', /Could not mount \/sys\/kernel\/security/i],
        [
          'failed to create nat chain',
          /failed to create NAT chain DOCKER: .{0,160}(?:Permission denied|not permitted)/i,
        ],
        [
          'operation not permitted',
          /(?:clone|unshare|newuidmap|setns|fork\/exec \/proc\/self\/exe|remount|mount proc\S{0,30})\b.{0,80}: operation not permitted/i,
        ],
      ],
      cause: 'the engine runs inside a container that may not make namespaces',
      fix: 'run that outer container with --privileged, or give the job the socket of the host engine; for builds use a rootless builder',
      sources: ['https://docs.docker.com/engine/security/rootless/', 'moby/buildkit:docs/rootless.md'],
      examples: ['failed to register layer: unshare: operation not permitted'],
    },
    {
      id: 'rlimit_denied',
      signs: [
        ['setting rlimit', /error setting rlimit (?:type )?\w{1,20}: operation not permitted/i],
        ['setrlimit', /setrlimit .?RLIMIT_\w{1,20}.?: Operation not permitted: OCI permission denied/i],
      ],
      cause:
        'the container asks for a higher limit (type 8 is locked memory) than its engine may give: it is rootless or nested',
      fix: 'leave out --ulimit memlock, or ask for no more than `ulimit -Hl` says',
      sources: ['containerd/nerdctl#1937', 'containers/podman#19319', 'wazuh/wazuh-docker#903'],
      examples: [
        'OCI runtime create failed: runc create failed: error during container init: error setting rlimits for ready process: error setting rlimit type 8: operation not permitted: unknown',
        'Error: crun: setrlimit `RLIMIT_MEMLOCK`: Operation not permitted: OCI permission denied',
      ],
    },
    {
      id: 'cgroup_mount_missing',
      signs: [
        ['mountpoint for cgroup not found', /mountpoint for cgroup not found/i],
        ['no cgroup mount found', /no cgroup mount found in mountinfo/i],
        ['cgroup mountpoint', /cgroup mountpoint does not exist/i],
        ['find cgroup mount destination', /cannot find cgroup mount destination/i],
        ['creating cgroup directory', /creating cgroup directory .{0,3}\/sys\/fs\/cgroup\/.{1,300}: No such file/i],
        [
          '/sys/fs/cgroup/',
          /(?:container create failed|OCI runtime create failed|crun): mount .{0,3}\/sys\/fs\/cgroup\//i,
        ],
        ['devices cgroup isn', /Devices cgroup isn.{1,3}t mounted/i],
      ],
      cause:
        'the engine looks for cgroups that this machine, or the container it runs in, does not have: an older engine or runtime on cgroup v2, or an engine inside a container',
      fix: 'stat -fc %T /sys/fs/cgroup (cgroup2fs is version 2); update the engine and runc or crun; inside a container start that one with --cgroupns=host -v /sys/fs/cgroup:/sys/fs/cgroup --privileged',
      sources: ['containers/crun#288', 'containers/crun#617'],
      examples: [
        'docker: Error response from daemon: cgroups: cgroup mountpoint does not exist: unknown.',
        'Error: crun: creating cgroup directory `/sys/fs/cgroup/devices/libpod_parent/libpod-1a2b`: No such file or directory',
      ],
    },
    {
      id: 'rootless_without_limits',
      signs: [
        'cannot set limits without cgroups',
        ['limits without cgroup', /resource limits are not supported and ignored on cgroups V1 rootless/i],
        ['cannot be set without', /cannot set (?:\w{1,20} )?limits? in rootless mode/i],
      ],
      cause:
        'this engine runs without root and was given no cgroups, so it can set no limits of memory, CPUs or processes',
      fix: 'cgroup v2 and an engine that systemd starts (systemctl --user start docker; Podman: cgroup_manager = "systemd"); or leave the limits out',
      sources: ['https://docs.docker.com/engine/security/rootless/tips/', 'containers/crun#118'],
      examples: ['Error: unable to start container "box": cannot set limits without cgroups: OCI runtime error'],
    },
    {
      id: 'runtime_needs_newer_kernel',
      signs: [
        ['function not implemented', /\b(?:crun|runc|youki)\b.{0,160}: Function not implemented/i],
        ['fsopen_mount', /fsopen_mount .{0,40}: /i],
      ],
      cause:
        'the runtime uses a system call that the kernel, or the seccomp profile of an outer container, does not have',
      fix: 'podman run --runtime runc, or the crun of the distribution in place of a newer one; or a newer kernel',
      sources: ['containers/crun#2070', 'https://man7.org/linux/man-pages/man2/fsopen.2.html'],
      examples: ['Error: OCI runtime error: crun: fsopen_mount `tmpfs`: Function not implemented'],
    },
  ],
};
