#!/bin/sh
# Checks the kernels where there is no GPU and no nvcc: compiled as C++ with the emulation of check/emulated, small sizes only.
# Needs g++ 12 or newer on x86-64 (for _Float16).  run-emulated.sh [OUT_FOLDER] [arguments of check]
set -eu
cd "$(dirname "$0")"
out=${1:-../../target/kernels-emulated}
[ $# -gt 0 ] && shift
mkdir -p "$out"
cxx=${CXX:-g++}
# Some systems fortify by default; longjmp then takes a change of stacks for an error.
flags="-std=c++17 -ffp-contract=off -Wall -Wno-unknown-pragmas -U_FORTIFY_SOURCE -DEMULATED"

# Kernels are libraries of their own: they use the same names for different things.
ls ../cuda/*.cu main.cpp speed.cpp check_*.cpp backend_emulated.cpp emulated/emulation.cpp |
  CXX=$cxx FLAGS=$flags OUT=$out xargs -P "$(nproc)" -I{} sh -c '
    name=$(basename "$1")
    case $name in
      *.cu) "$CXX" $FLAGS -O1 -x c++ -Iemulated -shared -fPIC -fvisibility=default -Wl,-Bsymbolic "$1" -o "$OUT/${name%.cu}.so" ;;
      emulation.cpp) "$CXX" $FLAGS -O2 -c "$1" -o "$OUT/$name.o" ;;
      *) "$CXX" $FLAGS -O1 -c "$1" -o "$OUT/$name.o" ;;
    esac || exit 255' sh {}
"$cxx" -rdynamic "$out"/*.cpp.o -o "$out/check" -ldl -pthread
exec "$out/check" "$out" --short "$@"
