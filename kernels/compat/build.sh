#!/bin/sh
# build.sh OUT_FOLDER: makes OUT_FOLDER/libcublas.so.12, see README.md. Needs gcc on x86-64, no CUDA.
set -eu
out=${1:?usage: build.sh OUT_FOLDER}
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Symbols carry the version that cuBLAS 12 gives them: a library without it is refused.
cat >"$work/versions" <<'V'
libcublas.so.12 {
  global: cublas*;
  local: *;
};
V

awk '
  BEGIN { print ".section .note.GNU-stack,\"\",@progbits\n.text" }
  {
    printf ".globl %s\n.type %s,@function\n%s:\n  endbr64\n  jmp *fiddler_cublas_targets+%d(%%rip)\n", $1, $1, $1, 8 * NR - 8
    names = names ".asciz \"" $1 "\"\n"
  }
  END {
    printf ".bss\n.globl fiddler_cublas_targets\n.hidden fiddler_cublas_targets\n.balign 8\nfiddler_cublas_targets: .zero %d\n", 8 * NR
    printf ".section .rodata\n.globl fiddler_cublas_names\n.hidden fiddler_cublas_names\nfiddler_cublas_names:\n%s.byte 0\n", names
  }' cublas12-functions.txt >"$work/jumps.s"

mkdir -p "$out"
${CC:-gcc} -shared -fPIC -O2 -Wall -Wextra -o "$out/libcublas.so.12" cublas12.c "$work/jumps.s" -Wl,--version-script="$work/versions" \
  -Wl,-soname,libcublas.so.12 -ldl
echo "$out/libcublas.so.12"
