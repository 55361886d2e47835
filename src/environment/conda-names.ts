/** Names that differ between conda-forge and PyPI. */
const PYPI_NAMES: Readonly<Record<string, string>> = {
  pytorch: 'torch',
  'pytorch-gpu': 'torch',
  'pytorch-cpu': 'torch',
  'tensorflow-gpu': 'tensorflow',
  'matplotlib-base': 'matplotlib',
  opencv: 'opencv-python-headless',
  'py-opencv': 'opencv-python-headless',
  msgpack: 'msgpack',
  pytables: 'tables',
};

export const pypiName = (name: string): string => PYPI_NAMES[name] ?? name;

/** What an image has anyway, or what the wheels of a framework bring. */
const BROUGHT =
  /^(?:pip|setuptools|wheel|cudatoolkit|cudnn|nccl|cuda(?:-.*)?|pytorch-cuda|pytorch-mutex|_.*|lib(?:gcc|stdcxx|gomp)(?:-ng)?)$/;

export const isBrought = (name: string): boolean => BROUGHT.test(name);

/** Packages of conda's channels that are no Python packages; under some of these names PyPI has another project. */
const PROGRAMS: readonly RegExp[] = [
  // Languages, compilers and what compiles with them.
  /^(?:r|r-.+|bioconductor-.+|perl|perl-.+|julia|nodejs|yarn|go|rust|openjdk|maven|ruby|php|octave)$/,
  /^(?:gcc|gxx|gfortran|clang|clangxx|binutils|sysroot|ld_impl)(?:[_-].*)?$|^(?:c|cxx|fortran|cuda)-compiler$|^compilers$/,
  /^(?:make|autoconf|automake|bison|flex|pkg-config|patchelf|gdb|git|git-lfs|curl|wget|rsync|openssh|unzip|zip)$/,
  // Libraries. Those that are Python packages all the same have their own names.
  /^lib(?!rosa$|cst$|clang$|tmux$|sass$|usb1$|torrent$).*$/,
  /^(?:openssl|ca-certificates|zlib|zlib-ng|zstd|bzip2|xz|lz4-c|readline|ncurses|sqlite|tk|icu|expat|gmp|mpfr|mpc)$/,
  /^(?:blas|openblas|mkl|mkl-.*|lapack|eigen|fftw|gsl|suitesparse|boost|boost-cpp|tbb-devel|openmpi|mpich|ucx|hdf5|netcdf4?)$/,
  // Programs that scientists ask conda for.
  /^(?:ffmpeg|x264|imagemagick|graphviz|pandoc|tesseract|ghostscript|inkscape|texlive-core|tectonic)$/,
  /^(?:gdal|proj|geos|postgis|postgresql|redis-server|samtools|bcftools|htslib|bedtools|blast|bwa|bowtie2|hisat2|star|fastqc)$/,
  /^(?:gromacs|lammps|openbabel|psi4|xtb|cp2k|paraview|vtk-base|qt|qt-main|fenics|petsc|slepc)$/,
];

export const isProgram = (name: string): boolean => PROGRAMS.some(pattern => pattern.test(name));

/** Channels of frameworks that an image brings, and of what PyPI has too. */
const COMMON = /^(?:defaults|anaconda|main|pytorch|pytorch-.*|nvidia(?:\/.*)?|pkgs\/main)$/;

/** Whether a channel that is named before a package (`bioconda::NAME`) says that conda is to bring it. */
export const isOwn = (channel: string | null): boolean => channel !== null && !COMMON.test(channel);
