import type {Topic} from './failure.js';

/** What the loader and the processor lack. */
export const libraries: Topic = {
  title: 'Libraries and instructions',
  failures: [
    {
      id: 'library_version_conflict',
      signs: [
        [
          'undefined symbol:',
          /undefined symbol: (?:__nvJitLink|cudnn|cublas|cusparse|nccl|_ZN2at|_ZNK?3c10)\w{0,120}/i,
        ],
        ['but source was compiled with', /CuDNN library: .{0,60}but source was compiled with/i],
        ['.so.6: version', /libstdc\+\+\.so\.6: version .{0,2}(?:GLIBCXX|CXXABI)_[\d.]{1,10}.{0,2} not found/i],
        ['version libnvjitlink', /libnvJitLink\.so\.\d{2}.{0,40}(?:not defined|undefined)/i],
        ['cudnn version incompatibility', /cuDNN version incompatibility/i],
        ['jax was built against version', /Found cu\w{2,10}\b.{0,60}, but JAX was built against version/i],
        ['installation found.', /Outdated (?:cu\w{2,10}|CUDA) installation found\./],
        ['undefined symbol:', /ImportError: .{0,300}undefined symbol: \w/],
      ],
      cause:
        'CUDA libraries of different versions are mixed: LD_LIBRARY_PATH puts older ones in front of those in the Python packages',
      fix: 'remove CUDA paths from LD_LIBRARY_PATH (unset LD_LIBRARY_PATH), and reinstall packages that were compiled against another version',
      sources: ['pytorch/pytorch#134929', 'pytorch/pytorch#131312', 'pytorch/pytorch#111469'],
      examples: [
        'ImportError: libcusparse.so.12: undefined symbol: __nvJitLinkComplete_12_4, version libnvJitLink.so.12',
        'Loaded runtime CuDNN library: 8.0.5 but source was compiled with: 8.1.0.',
      ],
      explains: ['library_missing'],
    },
    {
      id: 'library_missing',
      signs: [
        ['cannot dlopen some gpu libraries', /Cannot dlopen some GPU libraries/],
        ['is not found or cannot be loaded', /Library lib[\w.+-]{1,60}\.so\S{0,12} is not found or cannot be loaded/i],
        ['open cuda library', /Couldn.{1,3}t open CUDA library lib(?!cuda\.so)/i],
        ['unable to load any of', /Unable to load any of \{lib/],
        ['unable to load cu', /Unable to load cu\w{2,10}\. Is it installed/i],
        'failed to create cudaexecutionprovider',
        [
          'cannot open shared object file',
          /\b(?:[A-Z]\w{0,40}Error|[Ee]rror|libraries)\b.{0,120}\blib[\w.+-]{1,80}\.so[\w.]{0,20}:? cannot open shared object file/,
        ],
      ],
      cause: 'a shared library that the program needs is not in the image, or not on its library path',
      fix: 'install the package that holds the library in the image (apt-file search LIBRARY), or take an image of the framework and CUDA version that the program was built for',
      sources: ['pytorch/test-infra:aws/lambda/log-classifier/fixtures/classify/python_importerror_missing_so.txt'],
      examples: [
        'ImportError: libGL.so.1: cannot open shared object file: No such file or directory',
        'ImportError: libcudart.so.11.0: cannot open shared object file: No such file or directory',
      ],
    },
    {
      id: 'libc_too_old',
      signs: [['libc.so.6', /libc\.so\.6: version .?GLIBC_2\.\d{1,3}.? not found/i]],
      cause: 'a program or a library of the driver was built for a newer system than the image is',
      fix: 'take an image of a newer distribution (Ubuntu 22.04 has 2.35), or a build for the older one',
      sources: ['NVIDIA/nvidia-container-toolkit#543', 'docling-project/docling#2386'],
      examples: [
        "nvidia-smi: /lib/aarch64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /usr/lib/libnvrm_gpu.so)",
      ],
    },
    {
      id: 'cpu_instruction_missing',
      signs: [
        'illegal instruction (core dumped)',
        ['with signal 4', /was signaled to shutdown with signal 4\b/i],
        ['signals.sigill', /died with <Signals\.SIGILL/],
        ['signal 4 (sigill)', /Signal 4 \(SIGILL\)/],
        ['built with baseline optimizations', /NumPy was built with baseline optimizations/i],
        [
          'compiled to use',
          /TensorFlow library was compiled to use \w{3,8} instructions, but these aren.{1,3}t available/i,
        ],
      ],
      cause:
        'the program uses instructions that this CPU, or the virtual machine, does not have: TensorFlow from 1.6 needs AVX',
      fix: "grep -o 'avx[^ ]*' /proc/cpuinfo | sort -u; in a virtual machine pass the host's CPU through",
      sources: ['tensorflow/tensorflow#17411', 'IBM/MAX-Object-Detector#131'],
      examples: ['Illegal instruction (core dumped)'],
    },
    {
      id: 'library_missing',
      signs: [
        [
          'load dynamic library',
          /Could not load dynamic library .{0,2}lib(?:cudart|cublas|cublasLt|cudnn|cufft|curand|cusolver|cusparse)\.so\.[\d.]{1,8}/i,
        ],
      ],
      cause: 'TensorFlow was built for another CUDA or cuDNN than the image has, and will use the CPU',
      fix: 'take an image in which framework and CUDA belong together (gpudock match tensorflow)',
      sources: ['https://www.tensorflow.org/install/source#gpu', 'tensorflow/tensorflow#34719'],
      examples: [
        "Could not load dynamic library 'libcudart.so.10.0'; dlerror: libcudart.so.10.0: cannot open shared object file: No such file or directory",
      ],
      vague: true,
    },
  ],
};
