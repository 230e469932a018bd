#!/bin/sh
# Builds the kernels and the checks, and runs them on the first GPU: run.sh [--sanitize] [--no-speed] [--short] [--seed N]
#
# 1. the PTX in the repository belongs to the sources
# 2. every kernel of that PTX, which is what the service loads, against its reference; then the same kernels compiled for the GPU
#    itself (-arch=sm_90, or ARCH from the environment)
# 3. with --sanitize the small sizes under compute-sanitizer (memory, races, uninitialised reads, barriers)
# 4. figures of speed, unless --no-speed
# Needs nvcc 13 and g++ 12. Everything is built in BUILD (target/kernels-check). The exit status is not 0 if anything failed.
set -eu
cd "$(dirname "$0")"
build=${BUILD:-$(cd ../.. && pwd)/target/kernels-check}
arch=${ARCH:-sm_90}
sanitize=false speed=true arguments=
while [ $# -gt 0 ]; do
  case $1 in
    --sanitize) sanitize=true ;;
    --no-speed) speed=false ;;
    --short) arguments="$arguments --short" ;;
    --seed) arguments="$arguments --seed $2"; shift ;;
    *) echo "unknown argument $1" >&2; exit 2 ;;
  esac
  shift
done
mkdir -p "$build/$arch"
failed=0

../build.sh --verify

echo "compiling for $arch"
ls ../cuda/*.cu | xargs -P "$(nproc)" -I{} sh -c '
  nvcc -std=c++17 -O3 -lineinfo -arch="$1" -cubin -Xptxas -v -o "$2/$(basename "$3" .cu).cubin" "$3" >"$2/$(basename "$3" .cu).log" 2>&1 ||
    { cat "$2/$(basename "$3" .cu).log"; exit 255; }' sh "$arch" "$build/$arch" {}
echo "spills, of kernels that have any (bytes stored, loaded):"
cat "$build/$arch"/*.log | awk '/Function properties for|Compiling entry function/ { name = $NF == "\x27" arch "\x27" ? $(NF - 2) : $NF }
  /spill stores/ && ($5 > 0 || $9 > 0) { print "  " name, $5, $9 }' arch="$arch"

# The driver's library is opened by its name; a link needs only the names of its functions, so no driver has to be here.
flags="-std=c++17 -O2 -Wall"
nvcc -std=c++17 -O2 -c backend_cuda.cpp -o "$build/backend_cuda.o"
nm -u "$build/backend_cuda.o" | grep -oE '\bcu[A-Z][A-Za-z0-9_]*$' | sed 's/.*/void &(void) {}/' >"$build/driver.c"
gcc -shared -fPIC -Wl,-soname,libcuda.so.1 -o "$build/libcuda-link.so" "$build/driver.c"
ls main.cpp speed.cpp check_*.cpp | xargs -P "$(nproc)" -I{} g++ $flags -c {} -o "$build/{}.o"
g++ -o "$build/check" "$build"/*.cpp.o "$build/backend_cuda.o" "$build/libcuda-link.so" -pthread

"$build/check" ../ptx $arguments || failed=1
"$build/check" "$build/$arch" $arguments || failed=1
if $sanitize; then
  for tool in memcheck racecheck initcheck synccheck; do
    echo "compute-sanitizer --tool $tool"
    # The harness asks every module for a kernel by its name; that one has it not is no error.
    quiet=; [ "$tool" = memcheck ] && quiet="--report-api-errors no"
    compute-sanitizer --tool "$tool" $quiet --error-exitcode 9 "$build/check" "$build/$arch" --short >"$build/$tool.log" 2>&1 && status=0 || status=$?
    grep -E "ERROR SUMMARY|checks,|RACECHECK SUMMARY" "$build/$tool.log" || true
    if [ $status -ne 0 ]; then
      head -60 "$build/$tool.log"
      failed=1
    fi
  done
fi
if $speed; then
  "$build/check" ../ptx --only-speed || failed=1
fi
[ $failed -eq 0 ] && echo "all passed" || echo "FAILED"
exit $failed
