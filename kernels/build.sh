#!/bin/sh
# Compiles the CUDA kernels to PTX, kept in the repository so that a build needs no nvcc and the service no compiler.
#
#   build.sh            writes ptx/*.ptx and ptx/DIGEST
#   build.sh --verify   fails unless ptx/DIGEST fits sources, flags and PTX as they are; a unit test does the same
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

mkdir -p ptx
rm -f ptx/*.ptx
for source in cuda/*.cu; do
  nvcc $flags -o "ptx/$(basename "$source" .cu).ptx" "$source"
done
digest >ptx/DIGEST
grep -h '^\.version\|^\.target' ptx/*.ptx | sort | uniq -c
