import type {Topic} from './failure.js';

/** What Python says of its packages, and of the container it runs in. */
export const python: Topic = {
  title: 'Python and its packages',
  failures: [
    {
      id: 'python_module_missing',
      signs: [['no module named', /ModuleNotFoundError: No module named '[\w.]{1,80}'/]],
      cause: 'the program imports a package that the image does not have, or that belongs to another Python',
      fix: 'add the package to the environment and build again; `python -m pip list` in the container shows what is there',
      sources: ['https://docs.python.org/3/library/exceptions.html#ModuleNotFoundError'],
      examples: ["ModuleNotFoundError: No module named 'einops'"],
      explains: ['build_step_failed'],
      vague: true,
    },
    {
      id: 'python_package_mismatch',
      signs: [
        ['cannot import name', /ImportError: cannot import name '\w{1,80}'/],
        ['operator torchvision::nms', /operator torchvision::nms does not exist/i],
        ['be created directly', /Descriptors cannot (?:not )?be created directly/i],
        ['has no attribute', /AttributeError: module 'numpy' has no attribute/],
      ],
      cause: 'two packages do not fit together: one was updated, and the other still expects its former version',
      fix: 'pin both to versions that belong together (gpudock lock keeps them); `python -m pip check` names some',
      sources: ['NVIDIA/cudf#433', 'https://pip.pypa.io/en/stable/cli/pip_check/'],
      examples: ["ImportError: cannot import name 'cached_download' from 'huggingface_hub'"],
      explains: ['build_step_failed'],
      vague: true,
    },
    {
      id: 'numpy_abi_mismatch',
      signs: [
        ['compiled against', /module (?:was )?compiled against (?:ABI|API) version 0x/i],
        ['compiled using numpy 1', /A module that was compiled using NumPy 1\.x cannot be run in/i],
        ['size changed, may indicate', /numpy\.\w{1,20} size changed, may indicate binary incompatibility/i],
      ],
      cause: 'a package was compiled for another generation of NumPy than the one that is installed',
      fix: 'pin numpy<2, or take a version of the package that was built for NumPy 2',
      sources: ['XingangPan/DragGAN#469', 'jupyter/notebook#7522', 'huggingface/datasets#6975'],
      examples: ['A module that was compiled using NumPy 1.x cannot be run in NumPy 2.2.3 as it may crash.'],
    },
    {
      id: 'too_many_open_files',
      signs: [
        ['too many open files', /\[Errno 24\] Too many open files/],
        ['items of ancdata', /received 0 items of ancdata/],
      ],
      cause: 'the program has as many files open as it may; data-loader workers pass each tensor as one',
      fix: "--ulimit nofile=65536:65536; or torch.multiprocessing.set_sharing_strategy('file_system')",
      sources: ['pytorch/pytorch#973', 'pytorch/pytorch#34768'],
      examples: ['RuntimeError: received 0 items of ancdata', "OSError: [Errno 24] Too many open files: '/data/1.npy'"],
    },
    {
      id: 'thread_limit',
      signs: [
        ['start new thread', /RuntimeError: can't start new thread/],
        ['pthread_create failed', /pthread_create failed.{0,80}Resource temporarily unavailable/i],
      ],
      cause: 'the container may start no more threads: the limit of the engine, or of the user, is reached',
      fix: '--pids-limit -1; fewer workers, or OMP_NUM_THREADS and OPENBLAS_NUM_THREADS set to the cores the container has',
      sources: ['https://docs.docker.com/reference/cli/docker/container/run/'],
      examples: ["RuntimeError: can't start new thread"],
    },
    {
      id: 'address_unavailable',
      signs: [
        [
          'cannot assign requested',
          /^(?!.{0,900}NewConnectionError).{0,900}\[Errno 99\].{0,80}Cannot assign requested address/,
        ],
        ['cannot assign requested', /\bbind(?:\(\))?:? .{0,60}cannot assign requested address/i],
      ],
      cause: 'the program is to listen on an address that this container, or this machine, does not have',
      fix: 'inside a container listen on 0.0.0.0 (jupyter lab --ip=0.0.0.0), and publish with -p 127.0.0.1:PORT:PORT',
      sources: ['jupyter/notebook#4683'],
      examples: ['OSError: [Errno 99] Cannot assign requested address'],
    },
    {
      id: 'jupyter_root_refused',
      signs: ['is not recommended. use --allow-root'],
      cause: 'Jupyter does not start as root unless it is told to',
      fix: 'jupyter lab --allow-root; or better, run the container as an ordinary user',
      sources: ['https://jupyter-server.readthedocs.io/en/latest/other/full-config.html'],
      examples: ['Running as root is not recommended. Use --allow-root to bypass.'],
    },
    {
      id: 'read_only_filesystem',
      signs: [['read-only file system', /\[Errno 30\] Read-only file system/]],
      cause:
        'the program writes where the container is read-only: --read-only, a volume mounted with :ro, or a disk with errors',
      fix: 'mount that folder writable, or give it a tmpfs (--tmpfs /tmp); for a whole disk look at: sudo dmesg | tail',
      sources: ['https://docs.docker.com/reference/cli/docker/container/run/#read-only'],
      examples: ["OSError: [Errno 30] Read-only file system: '/opt/cache'"],
    },
    {
      id: 'display_missing',
      signs: [
        ['connect to display', /could not connect to display/i],
        ['cannot open display', /cannot open display:/i],
      ],
      cause: 'the program wants a window, and the container has no display',
      fix: 'MPLBACKEND=Agg or QT_QPA_PLATFORM=offscreen; for windows mount /tmp/.X11-unix and pass -e DISPLAY',
      sources: ['https://matplotlib.org/stable/users/explain/figure/backends.html'],
      examples: ['qt.qpa.xcb: could not connect to display'],
      vague: true,
    },
    {
      id: 'uid_without_name',
      signs: [
        ['getpwuid()', /KeyError: .{0,3}getpwuid\(\): uid not found/i],
        ['cannot find name for user id', /cannot find name for user ID/i],
      ],
      cause:
        'the container runs with a user id that has no entry in its /etc/passwd, and the program asks for the name',
      fix: 'set HOME, USER and TORCHINDUCTOR_CACHE_DIR in the container, or mount a passwd file that names this id',
      sources: ['pytorch/pytorch#140765'],
      examples: ["KeyError: 'getpwuid(): uid not found: 1000'"],
      explains: ['volume_permission_denied'],
    },
  ],
};
