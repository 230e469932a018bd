#!/usr/bin/env bash
# check.sh [cpu|cuda]: carries out docker/Dockerfile without a Docker engine, as far as this machine allows, and tries the result.
#
# Every stage becomes an overlay in memory, in a mount and process namespace of its own, so nothing of this machine changes and nothing
# is left. Every RUN is executed in it by chroot, every COPY takes only what .dockerignore lets through. In place of the images of a
# registry stand: this machine's own file system for the JDK (a JDK 25 and g++ are on it) and for nvidia/cuda:...-devel if there is an
# nvcc; for what the result runs on, RUNTIME_ROOT, a folder such as `debootstrap --variant=minbase` makes, or else this machine's, too.
# Then the result is started as its USER says, with a root that is read-only and without capabilities: it must refuse to start without a
# database, become ready by its HEALTHCHECK with one, answer a completion, and end on SIGTERM.
#
# Needs root (for namespaces, not for what runs) and about 3 GiB of memory. MAVEN_ARGS=-o spares the network.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
device=${1:-cpu}
port=${PORT:-18081}
[ "$(id -u)" = 0 ] || { echo "check.sh: needs root, for chroot and overlays" >&2; exit 77; }

if [ -z "${FIDDLER_CHECK_INSIDE:-}" ]; then
  JAVA_HOME=${JAVA_HOME:-$(ls -d /usr/lib/jvm/*25* 2>/dev/null | head -1)}
  [ -x "$JAVA_HOME/bin/jlink" ] || { echo "check.sh: JAVA_HOME must be a JDK 25" >&2; exit 77; }
  export FIDDLER_CHECK_INSIDE=yes JAVA_HOME
  # As the first process of its namespace: when it ends, so does everything it started.
  exec unshare --mount --pid --fork --mount-proc --propagation private -- "$0" "$@"
fi

fail() {
  echo "check.sh: $*" >&2
  exit 1
}

work=$(mktemp -d /tmp/fiddler-image-XXXXXX)
trap 'umount -l "$work"; rmdir "$work"' EXIT
mount -t tmpfs -o size=4g,mode=755 tmpfs "$work"

# -- Stages -----------------------------------------------------------------------------------------------------------------------

declare -A layers environment folder user arguments
not_run=()

# The folders that make up an image of a registry, here; nothing if there is none.
base_image() {
  case $1 in
    eclipse-temurin:25-*) echo / ;;
    nvidia/cuda:*-devel-*) if command -v nvcc >/dev/null; then echo /; fi ;;
    ubuntu:*) echo "${RUNTIME_ROOT:-/}" ;;
  esac
}

expand() { # text with ${NAME}
  local text=$1 name
  while [[ $text =~ \$\{([A-Z_]+)\} ]]; do
    name=${BASH_REMATCH[1]}
    text=${text//"\${$name}"/${arguments[$name]:-}}
  done
  echo "$text"
}

enter() { # stage: mounts its root, for commands
  root=$work/$1/root
  mountpoint -q "$root" && return
  mkdir -p "$work/$1"/{upper,work,root}
  mount -t overlay overlay -o "lowerdir=${layers[$1]},upperdir=$work/$1/upper,workdir=$work/$1/work" "$root"
  mkdir -p "$root"/{proc,dev,tmp}
  mount --rbind /proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/tmp"
}

run() { # stage, command
  local stage=$1 command=$2 cache
  while [[ $command =~ ^--mount=type=cache,target=([^, ]+)[^\ ]*\ + ]]; do
    cache=${BASH_REMATCH[1]}
    command=${command#"${BASH_REMATCH[0]}"}
    mkdir -p "$root$cache"
    # This user's folder of the same name under its home serves as the cache.
    [[ $cache != /root/* ]] || mount --bind "$HOME/${cache#/root/}" "$root$cache"
  done
  echo "-- $stage: RUN ${command:0:110}"
  mkdir -p "$root${folder[$stage]}"
  # The image of the JDK has it on its path.
  env -i PATH="$JAVA_HOME/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME=/root \
    JAVA_HOME="$JAVA_HOME" MAVEN_ARGS="${MAVEN_ARGS:-}" REVISION="${arguments[REVISION]:-}" DEBIAN_FRONTEND=noninteractive \
    chroot "$root" /bin/sh -c "cd ${folder[$stage]}; $command" </dev/null || fail "$stage: $command"
}

# Whether .dockerignore, a list of exceptions to *, lets a file of the repository through.
allowed() {
  local line
  while read -r line; do
    [[ $line == '!'* && ($1 == "${line#!}" || $1 == "${line#!}"/* || ${line#!} == "$1"/*) ]] && return 0
  done <.dockerignore
  return 1
}

copy() { # stage, [--from=stage] source... target
  local stage=$1 from=$PWD item target source
  shift
  [[ $1 != --from=* ]] || { from=$work/${1#--from=}/root; shift; }
  target=${!#}
  [[ $target == /* ]] || target=${folder[$stage]}/$target
  for item in "${@:1:$#-1}"; do
    source=$from/$item
    [ "$from" != "$PWD" ] || allowed "$item" || fail "$stage: .dockerignore leaves out $item"
    [ -e "$source" ] || fail "$stage: there is no $item to copy"
    if [ -d "$source" ]; then
      mkdir -p "$root$target"
      cp -a "$source/." "$root$target/"
    elif [[ $target == */ || $# -gt 2 || -d $root$target ]]; then
      mkdir -p "$root$target"
      cp -a "$source" "$root$target/"
    else
      mkdir -p "$root$(dirname "$target")"
      cp -a "$source" "$root$target"
    fi
  done
  chown -R 0:0 "$root$target"
}

from() { # image or stage, name
  local image=$1 lower
  if [ -n "${layers[$image]:-}" ]; then
    enter "$image"
    layers[$2]=$work/$image/upper:${layers[$image]}
    environment[$2]=${environment[$image]} folder[$2]=${folder[$image]}
  else
    lower=$(base_image "$image")
    if [ -z "$lower" ]; then
      not_run+=("$2, of $image")
      return 1
    fi
    layers[$2]=$lower environment[$2]= folder[$2]=/
  fi
  enter "$2"
}

# Names of the stages that the last one needs, for $device.
needed() {
  case $device in
    cpu) echo tools cpu-kernels layout-cpu runtime-cpu layout image ;;
    cuda) echo tools cpu-kernels layout-cpu cuda-kernels layout-cuda runtime-cuda layout image ;;
    *) fail "cpu or cuda, got $device" ;;
  esac
}

build() {
  local line instruction rest stage= wanted image name
  while IFS= read -r line; do
    instruction=${line%% *} rest=${line#* }
    [ "$instruction" = ARG ] || rest=$(if [ "$instruction" = RUN ]; then echo "$rest"; else expand "$rest"; fi)
    if [ "$instruction" = FROM ]; then
      read -r image _ name <<<"$rest"
      stage=${name:-image}
      wanted=
      if [[ " $(needed) " == *" $stage "* ]] && from "$image" "$stage"; then wanted=yes; echo "== $stage, of $image"; fi
    elif [ "$instruction" = ARG ]; then
      arguments[${rest%%=*}]=${arguments[${rest%%=*}]:-${rest#*=}}
    elif [ -n "$wanted" ]; then
      case $instruction in
        RUN) run "$stage" "$rest" ;;
        COPY) copy "$stage" $rest ;;
        WORKDIR) folder[$stage]=$rest ;;
        ENV) environment[$stage]+=" $rest" ;;
        USER) user[$stage]=$rest ;;
        ENTRYPOINT) entrypoint=$(sed 's/[]["]//g' <<<"$rest") ;;
        HEALTHCHECK) health=$(sed 's/.* CMD //; s/[]["]//g' <<<"$rest") ;;
        VOLUME | EXPOSE) ;;
        *) fail "docker/Dockerfile: $instruction is not known here" ;;
      esac
    fi
  done < <(sed -e '/^#/d' -e '/^$/d' docker/Dockerfile | sed -e ':a' -e '/\\$/N; s/\\\n */ /; ta')
}

# -- The result -------------------------------------------------------------------------------------------------------------------

as_image() { # environment and command: what a container engine does with the image's settings
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ${environment[image]} \
    SERVER_PORT="$port" SERVER_ADDRESS=127.0.0.1 FIDDLER_OPTS=-Xmx1g \
    chroot "$root" setpriv --reuid="${user[image]%:*}" --regid="${user[image]#*:}" --clear-groups --no-new-privs \
    --bounding-set=-all --inh-caps=-all env "$@"
}

try() {
  local id=${user[image]%:*} key=a-key-for-the-check-only status seconds=0
  [[ $id =~ ^[1-9][0-9]*$ ]] || fail "USER must be a number other than 0, got $id"
  enter image
  echo "== $(du -sh "$work/image/upper/opt/fiddler" | cut -f1) in /opt/fiddler"
  mkdir -p "$root/run/secrets" "$root/var/lib/fiddler"
  mount -t tmpfs -o mode=755 tmpfs "$root/run/secrets"
  echo "$key" >"$root/run/secrets/fiddler.security.admin-key"
  mount -t tmpfs -o "uid=$id,gid=$id,mode=750" tmpfs "$root/var/lib/fiddler"
  mount -o remount,ro,bind "$root" 2>/dev/null || mount -o remount,ro "$root"
  if as_image sh -c 'echo x >/opt/fiddler/x' 2>/dev/null; then fail "the root is writable"; fi
  if touch "$root/opt/x" 2>/dev/null; then fail "the root is writable by root"; fi

  echo "== without a database it must not start"
  status=0
  as_image $entrypoint >"$work/refused" 2>&1 || status=$?
  grep "spring.datasource.url must be set" "$work/refused" || { cat "$work/refused"; fail "no word about the database"; }
  [ "$status" = 1 ] || fail "it ended with $status, not 1"

  echo "== with the embedded one"
  as_image FIDDLER_STORE_EMBEDDED=true $entrypoint >"$work/log" 2>&1 &
  service=$!
  until as_image $health >"$work/health" 2>&1; do
    kill -0 $service 2>/dev/null || { cat "$work/log"; fail "the service ended"; }
    [ "$(tail -1 "$work/health")" = "${last:-}" ] || { last=$(tail -1 "$work/health"); echo "   health: $last"; }
    seconds=$((seconds + 1))
    [ $seconds -lt 180 ] || { cat "$work/log"; fail "not ready after three minutes"; }
    sleep 1
  done
  echo "   health: $(cat "$work/health")"
  curl -sS -m 60 "http://127.0.0.1:$port/v1/completions" -H "Authorization: Bearer $key" \
    -H 'Content-Type: application/json' -d '{"prompt": "It was the best of", "max_tokens": 16, "temperature": 0}' >"$work/answer"
  echo "   $(cut -c1-200 "$work/answer")"
  grep -q '"text":"[^"]' "$work/answer" || fail "no text in the answer"
  [ "$(curl -s -m 10 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/actuator/metrics")" = 401 ] || fail "operations are open"
  curl -sS -m 10 "http://127.0.0.1:$port/actuator/info" -H "Authorization: Bearer $key" >"$work/info"
  [ "${arguments[REVISION]}" = unknown ] || grep -q "${arguments[REVISION]}" "$work/info" || fail "no commit in $(cat "$work/info")"
  as_image /opt/fiddler/runtime/bin/jcmd 0 Thread.print >"$work/threads" 2>&1 || true
  grep -q "Full thread dump" "$work/threads" || { head -5 "$work/threads"; fail "no thread dump by jcmd 0"; }
  for process in $(pgrep -f 'java|postgres'); do
    [[ $(readlink "/proc/$process/root") != "$root" || $(stat -c %u "/proc/$process") = "$id" ]] || fail "process $process is not of user $id"
  done
  pkill -TERM -P $service 2>/dev/null || kill -TERM $service
  status=0
  wait $service || status=$?
  [ "$status" = 143 ] || { tail -5 "$work/log"; fail "it ended with $status on SIGTERM"; }
  grep -E "amx|kernels|serves" "$work/log" | cut -c1-220
  [ ! -e "$root/var/lib/fiddler/postgres/data/postmaster.pid" ] || fail "PostgreSQL outlived the service"
}

arguments[DEVICE]=$device
arguments[REVISION]=$(git rev-parse HEAD 2>/dev/null || echo unknown)
build
if [ ${#not_run[@]} -gt 0 ]; then
  printf 'not run, for want of its image: %s\n' "${not_run[@]}"
else
  try
fi
echo "all that could be run went well"
