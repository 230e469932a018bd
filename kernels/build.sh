#!/bin/sh
# Compiles the CUDA kernels to PTX, kept in the repository so that a build needs no nvcc and the service no compiler.
#
#   build.sh            writes ptx/*.ptx and ptx/DIGEST
#   build.sh --verify   fails unless ptx/DIGEST fits sources, flags and PTX as they are; a unit test does the same
#   build.sh --changed FOLDER   for the Maven build: where ptx/ fits its sources there is nothing to do; else compiles the sources
#                       into FOLDER, or, without nvcc, fails
#   build.sh --into FOLDER      compiles the sources into FOLDER with whichever nvcc there is, for hosts of its driver
#
# The PTX is for compute capability 8.0 and upward; the driver compiles it for the card it finds. nvcc 13.0 writes PTX ISA 9.0, which
# needs driver 580 or newer: an older one refuses it (CUDA_ERROR_UNSUPPORTED_PTX_VERSION). Use nvcc 13.0 for the files in the
# repository: a newer compiler raises that minimum.
set -eu
cd "$(dirname "$0")"
flags="-std=c++17 -O3 -arch=compute_80 -ptx"

digest() {
  echo "flags $flags"
  LC_ALL=C sha256sum cuda/*.cu cuda/*.cuh ptx/*.ptx
}

if [ "${1:-}" = --verify ]; then
  if ! digest | cmp -s - ptx/DIGEST; then
    echo "ptx/ was not built from these sources: run kernels/build.sh with nvcc 13.0" >&2
    exit 1
  fi
  exit 0
fi

compile() { # folder
  mkdir -p "$1"
  rm -f "$1"/*.ptx
  for source in cuda/*.cu; do
    nvcc $flags -o "$1/$(basename "$source" .cu).ptx" "$source"
  done
}

if [ "${1:-}" = --into ]; then
  compile "$2"
  exit 0
fi

if [ "${1:-}" = --changed ]; then
  if digest | cmp -s - ptx/DIGEST; then
    exit 0
  fi
  if ! command -v nvcc >/dev/null 2>&1; then
    echo "the CUDA kernels were changed, ptx/ was not: run kernels/build.sh where there is nvcc 13.0" >&2
    exit 1
  fi
  if ! nvcc --version | grep -q "release 13\.0"; then
    echo "CUDA kernels: this nvcc is not 13.0, what it compiles may need a newer driver" >&2
  fi
  compile "$2"
  exit 0
fi

compile ptx
digest >ptx/DIGEST
grep -h '^\.version\|^\.target' ptx/*.ptx | sort | uniq -c
