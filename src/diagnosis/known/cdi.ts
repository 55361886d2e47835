import type {Topic} from './failure.js';

/** What engines say of the Container Device Interface. */
export const cdi: Topic = {
  title: 'CDI',
  failures: [
    {
      id: 'cdi_not_enabled',
      signs: [
        ['select device driver', /could not select device driver "?cdi"? ?with capabilities/i],
        ['cdi device injection', /CDI device injection (?:is )?(?:not enabled|disabled|requested but)/i],
        ['custom device', /error gathering device information while adding custom device "?nvidia\.com\/gpu/i],
      ],
      cause: 'CDI is switched off in this Docker daemon (off by default before 28.2, not there before 25)',
      fix: 'Docker 25 or later: set "features": {"cdi": true} in /etc/docker/daemon.json, then: sudo systemctl restart docker; or use --gpus',
      sources: ['NVIDIA/nvidia-container-toolkit#434', 'moby/moby@4cecce03f6'],
      examples: [
        'could not select device driver "cdi" with capabilities: []',
        'docker: Error response from daemon: error gathering device information while adding custom device "nvidia.com/gpu=all": no such file or directory',
      ],
    },
    {
      id: 'cdi_unresolvable',
      signs: ['unresolvable cdi devices', ['nvidia.com/gpu', /\bstat nvidia\.com\/gpu=\S{1,60}: no such file/i]],
      cause:
        'no CDI specification that the engine can read names the device: none was generated, it is older than a change of GPUs or MIG, its version is too new for this engine, or the engine looks in another folder (rootless)',
      fix: 'sudo nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml; nvidia-ctk cdi list',
      sources: [
        'NVIDIA/nvidia-container-toolkit#146',
        'NVIDIA/nvidia-container-toolkit#1537',
        'NVIDIA/nvidia-container-toolkit#1239',
      ],
      examples: [
        'Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=all',
        'could not apply CDI devices: unresolvable CDI devices nvidia.com/gpu=0: unknown',
      ],
    },
    {
      id: 'cdi_spec_stale',
      signs: [
        ['nvidia-persistenced/socket', /\/nvidia-persistenced\/socket\W{0,3} no such file/i],
        ['nvidia-fabricmanager/socket', /\/nvidia-fabricmanager\/socket\W{0,3} no such file/i],
      ],
      cause:
        'the CDI specification, or the engine, mounts the socket of a daemon of the driver that no longer runs, often since the driver was updated',
      fix: 'sudo systemctl restart nvidia-persistenced; where nvidia-smi says "version mismatch": reboot; then sudo nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml',
      sources: ['sgl-project/sglang-omni#510'],
      examples: ['failed to fulfil mount request: open /run/nvidia-persistenced/socket: no such file or directory'],
    },
    {
      id: 'cdi_vendor_misdetected',
      signs: [
        ['cdi spec not found', /\b(?:AMD|Intel) CDI spec not found/i],
        'discover gpu vendor from cdi',
        'no known gpu vendor found',
      ],
      cause:
        'Docker 29 chooses the CDI vendor of --gpus by what it finds on the machine, and chose another than NVIDIA',
      fix: 'use --device nvidia.com/gpu=all in place of --gpus',
      sources: ['NVIDIA/nvidia-container-toolkit#1743', 'games-on-whales/wolf#386'],
      examples: ['docker: Error response from daemon: AMD CDI spec not found'],
    },
    {
      id: 'cdi_spec_stale',
      signs: [
        [
          'to rootfs at',
          /error mounting "?[^"\s]{0,200}lib[\w-]{1,40}\.so\.\d{3}\.[\d.]{2,12}"? to rootfs at .{0,300}no such file or directory/i,
        ],
        ['cdi host device', /failed to stat CDI host device (?!\W{0,3}\/dev\/nvidia\w).{1,120}no such file/i],
        ['statfs /usr/lib', /statfs \S{1,200}\.so\.\d{3}\.[\d.]{2,12}"?: no such file or directory/i],
      ],
      cause: 'the CDI specification names libraries of a driver version that is no longer installed',
      fix: 'sudo nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml; or: sudo systemctl restart nvidia-cdi-refresh',
      sources: ['HaveAGitGat/Tdarr#1423', 'containers/ramalama#899', 'NVIDIA/nvidia-container-toolkit#450'],
      examples: [
        'error mounting "/usr/lib/x86_64-linux-gnu/libEGL_nvidia.so.580.159.04" to rootfs at "/usr/lib/x86_64-linux-gnu/libEGL_nvidia.so.580.159.04": open /usr/lib/x86_64-linux-gnu/libEGL_nvidia.so.580.159.04: no such file or directory',
      ],
    },
    {
      id: 'cdi_hook_failed',
      signs: [
        ['error executing hook', /error executing hook .{0,8}\S{0,80}nvidia-[\w-]{2,30}/i],
        ['createcontainer hook', /error running createContainer hook #\d/i],
      ],
      cause:
        'a hook of the CDI specification failed while the container was made: the specification is older than the toolkit, /dev is mounted as a whole, or the user namespace forbids it',
      fix: 'sudo nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml; then without -v /dev:/dev, and without --userns',
      sources: ['NVIDIA/nvidia-container-toolkit#143', 'NVIDIA/nvidia-container-toolkit#46'],
      examples: ['Error: OCI runtime error: crun: {"msg":"error executing hook `/usr/bin/nvidia-ctk` (exit code: 1)"}'],
      vague: true,
    },
  ],
};
