#!/bin/sh
# Compiles the CPU kernels: build.sh FOLDER TEST_FOLDER
#   FOLDER/libfiddler-cpu.so                with the CPU's tile instructions (x86-64 only)
#   TEST_FOLDER/libfiddler-cpu-emulated.so  the same kernels on emulated tiles, for tests on any machine
# Without a compiler there is nothing to do: the service then uses its Java kernels. A compiler that fails is an error.
set -eu
out=$1
test_out=$2
cd "$(dirname "$0")"

cxx=${CXX:-g++}
if ! command -v "$cxx" >/dev/null 2>&1; then
  echo "CPU kernels: no C++ compiler ($cxx), the build goes on without the native ones"
  exit 0
fi

common="-std=c++17 -O3 -fPIC -fno-exceptions -fno-rtti -ffp-contract=off -fno-math-errno -fvisibility=hidden -Wall -Wextra"
# Only what experts.cpp compiles to may need these; support.cpp asks whether the CPU has them.
avx512="-mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512"

# Whether $1 is there and not older than its sources.
current() {
  [ -f "$1" ] && [ -z "$(find . ../tile_packing.h -type f -newer "$1")" ]
}

compile() { # library, flags of experts.cpp, flags of all
  temporary=$(mktemp -d)
  trap 'rm -rf "$temporary"' EXIT
  "$cxx" $common $3 -c support.cpp -o "$temporary/support.o"
  "$cxx" $common $2 $3 -c experts.cpp -o "$temporary/experts.o"
  mkdir -p "$(dirname "$1")"
  # Into place at once: a test that runs meanwhile maps the old or the new file, never a part.
  "$cxx" -shared -Wl,--as-needed -s "$temporary/support.o" "$temporary/experts.o" -lm -o "$1.new"
  mv "$1.new" "$1"
  rm -rf "$temporary"
}

if ! current "$test_out/libfiddler-cpu-emulated.so"; then
  compile "$test_out/libfiddler-cpu-emulated.so" "" "-DFIDDLER_EMULATE_TILES"
fi

case $("$cxx" -dumpmachine) in
  x86_64-*linux*) ;;
  *)
    echo "CPU kernels: tile instructions are of x86-64 on Linux, $cxx compiles for $("$cxx" -dumpmachine)"
    exit 0
    ;;
esac
if ! echo '__asm__("tilerelease");' | "$cxx" -x c++ -c - -o /dev/null 2>/dev/null; then
  echo "CPU kernels: the assembler of $cxx does not know tile instructions, the build goes on without the native kernels"
  exit 0
fi
if ! current "$out/libfiddler-cpu.so"; then
  compile "$out/libfiddler-cpu.so" "$avx512" ""
fi
