#!/bin/sh
# Checks the kernels where there is no GPU and no nvcc: compiled as C++ with the emulation of check/emulated, small sizes only.
# Needs g++ 12 or newer on x86-64 (for _Float16).  run-emulated.sh [OUT_FOLDER] [arguments of check]
set -eu
cd "$(dirname "$0")"
out=${1:-../../target/kernels-emulated}
[ $# -gt 0 ] && shift
mkdir -p "$out"
cxx=${CXX:-g++}
flags="-std=c++17 -O1 -ffp-contract=off -Wall -Wno-unknown-pragmas -DEMULATED"
for source in ../cuda/*.cu; do
  # Libraries of their own: kernels use the same names for different things.
  "$cxx" $flags -x c++ -Iemulated -shared -fPIC -fvisibility=default -Wl,-Bsymbolic "$source" -o "$out/$(basename "$source" .cu).so"
done
"$cxx" $flags -rdynamic main.cpp speed.cpp check_*.cpp backend_emulated.cpp emulated/emulation.cpp -o "$out/check" -ldl -pthread
exec "$out/check" "$out" --short "$@"
