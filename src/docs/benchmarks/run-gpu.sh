#!/bin/sh
# Runs what the table of the GPU needs, from an unpacked engine bundle, and leaves raw text and JSON in a folder.
# usage: run-gpu.sh BUNDLE [FOLDER]        MODEL, MEMORY and EXPERTS in the environment choose another case;
#                                          RUNS="issue skewed" only some of the runs; CHECKPOINTS another folder
#                                          than /dev/shm for the files of the run startup
set -eu
bundle=$(readlink -f "${1:?usage: run-gpu.sh BUNDLE [FOLDER]}")
out=${2:-fiddler-gpu-$(date -u +%Y%m%d-%H%M%S)}
model=${MODEL:-synthetic:mixtral-8x7b?seed=1}
memory=${MEMORY:-24GiB}
experts=${EXPERTS:-56}
runs=${RUNS:-plan issue skewed}
mkdir -p "$out"

{
  date -u
  "$bundle/bin/fiddler-engine" version 2>&1
  lscpu | grep -E 'Model name|^CPU\(s\)|Thread|Socket|NUMA node\(s\)|L3|amx' || true
  grep -E 'MemTotal|MemAvailable' /proc/meminfo
  cat /sys/kernel/mm/transparent_hugepage/enabled
  nvidia-smi --query-gpu=name,driver_version,memory.total,memory.used,pcie.link.gen.max,pcie.link.width.max --format=csv || true
} >"$out/machine.txt"

# One engine run: NAME OPTION... leaves NAME.txt (table), NAME.log (progress) and NAME.json. What it takes on the card is sampled.
bench() {
  name=$1
  shift
  echo "$name: bench $*" | tee "$out/$name.txt"
  (while :; do nvidia-smi --query-compute-apps=used_memory --format=csv,noheader || true; sleep 2; done) \
    >"$out/$name.card" 2>&1 &
  sampler=$!
  code=0
  "$bundle/bin/fiddler-engine" bench --device=cuda --device-memory="$memory" --experts="$experts" --json="$out/$name.json" "$@" \
    >>"$out/$name.txt" 2>"$out/$name.log" || code=$?
  kill "$sampler" 2>/dev/null || true
  wait "$sampler" 2>/dev/null || true
  sort -n "$out/$name.card" | tail -1 | sed 's/^/most memory of the process on the card: /' >>"$out/$name.txt"
  rm -f "$out/$name.card"
  cat "$out/$name.txt"
  [ "$code" = 0 ] || { tail -5 "$out/$name.log" >&2; failed=1; }
}

failed=0
with() {
  case "$model" in *\?*) echo "$model&$1" ;; *) echo "$model?$1" ;; esac
}

# Half of Mixtral-8x7B as files in memory, loaded twice: the second start finds the latencies that the first one measured.
startup() {
  files=46500000 # KiB of 16 layers
  parent=${CHECKPOINTS:-/dev/shm}
  room=$(df -kP "$parent" | awk 'NR == 2 { print $4 }')
  if [ "${room:-0}" -lt "$files" ]; then
    echo "startup needs $files KiB in $parent, but only ${room:-0} are free: CHECKPOINTS names another folder" >&2
    failed=1
    return
  fi
  available=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
  if [ "$available" -lt $((2 * files + 4000000)) ]; then
    echo "startup needs $((2 * files + 4000000)) KiB of memory, for the files and the model, but only $available are available" >&2
    failed=1
    return
  fi
  folder=$(mktemp -d "$parent/fiddler-startup-XXXXXX")
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if "$bundle/bin/fiddler-engine" synthesize 'synthetic:mixtral-8x7b?layers=16&seed=1' "$folder" \
    >"$out/startup-write.txt" 2>"$out/startup-write.log"; then
    cat "$out/startup-write.txt"
    for name in startup startup-again; do
      bench "$name" --model="$folder" --requests=1 --prompt=32 --tokens=16 --repeats=1 --seconds=20
    done
  else
    tail -5 "$out/startup-write.log" >&2
    failed=1
  fi
  rm -rf "$folder"
}

for run in $runs; do
  case $run in
    plan) "$bundle/bin/fiddler-engine" plan "$model" --device-memory="$memory" >"$out/plan.txt" 2>&1 || failed=1 ;;
    # The rows of the table, with one load of the model.
    issue) bench issue --model="$model" --preset=issue --seconds=60 ;;
    # Popular experts, as real traffic has them, with the placement that it leads to.
    skewed) bench skewed --model="$(with skew=1.0)" --placement=learned --requests=1,16 --prompt=32 --tokens=64 --seconds=60 ;;
    startup) startup ;;
    # One lane alone: what orchestration adds. Not part of the default, each takes a load of the model.
    host | stream) bench "$run" --model="$model" --dispatch="$run" --requests=1 --prompt=32,512 --tokens=64 --seconds=60 ;;
    # The paper's.
    single | prefill) bench "$run" --model="$model" --preset="$run" --repeats=1 --seconds=120 ;;
    *) echo "unknown run $run: plan, issue, skewed, startup, host, stream, single, prefill" >&2; failed=1 ;;
  esac
done
echo "results are in $out"
exit "$failed"
