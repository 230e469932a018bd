#!/bin/sh
# check.sh [engine|service]: unpacks the bundles of target/bundles into a new folder, read-only, and tries them as an ordinary user with
# next to no environment: bench and the tests of the engine, a completion of the service. Root becomes nobody for it. Needs curl.
set -eu
cd "$(dirname "$0")/../.."
what=${1:-engine service}
port=${PORT:-18080}
place=$(mktemp -d /tmp/fiddler-bundles-XXXXXX)
service=
cleanup() {
  [ -z "$service" ] || kill "$service" 2>/dev/null || true
  chmod -R u+w "$place"
  rm -rf "$place"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
chmod 755 "$place"
mkdir "$place/home" "$place/tmp"

as_user="env -i PATH=/usr/bin:/bin HOME=/nonexistent TMPDIR=$place/tmp FIDDLER_HOME=$place/home"
if [ "$(id -u)" = 0 ]; then
  chown 65534:65534 "$place/home" "$place/tmp"
  as_user="setpriv --reuid=65534 --regid=65534 --clear-groups $as_user"
fi

fail() {
  echo "check.sh: $*" >&2
  exit 1
}

unpack() { # name, most MiB
  archive=$(ls -t target/bundles/fiddler-"$1"-*.tar.xz | head -1)
  size=$(wc -c <"$archive")
  echo "== $archive: $size bytes"
  [ "$size" -le $(($2 * 1048576)) ] || fail "$archive must not exceed $2 MiB"
  mkdir "$place/$1"
  tar -x -J -f "$archive" -C "$place/$1" --strip-components=1 --no-same-owner
  chmod -R a-w "$place/$1"
}

engine() {
  unpack engine 35
  command=$place/engine/bin/fiddler-engine
  $as_user "$command" version
  $as_user "$command" bench --model=tiny-moe --prompt=8 --tokens=16 --repeats=1
  $as_user "$command" test cpu >"$place/log" || { cat "$place/log"; fail "a test failed"; }
  tail -8 "$place/log"
  $as_user "$command" test GoldenParityTest >"$place/log" || fail "the golden tests are not among the tests"
  if $as_user "$command" test gpu >"$place/log" 2>&1; then
    [ -e /dev/nvidiactl ] || fail "test gpu must not succeed without a GPU"
  elif [ -e /dev/nvidiactl ]; then
    cat "$place/log"
    fail "a GPU test failed"
  fi
  tail -8 "$place/log"
}

service() {
  unpack service 75
  # A file for its output, not a pipe: nothing may hold up its end.
  $as_user "$place/service/bin/fiddler" --server.port="$port" >"$place/log" 2>&1 &
  service=$!
  seconds=0
  until curl -sf -m 5 "http://127.0.0.1:$port/actuator/health/readiness" >/dev/null; do
    kill -0 "$service" 2>/dev/null || { cat "$place/log"; fail "the service ended"; }
    seconds=$((seconds + 1))
    [ $seconds -lt 120 ] || { cat "$place/log"; fail "the service is not ready after two minutes"; }
    sleep 1
  done
  curl -sS -m 60 "http://127.0.0.1:$port/v1/completions" -H 'Content-Type: application/json' \
    -d '{"prompt": "It was the best of", "max_tokens": 16, "temperature": 0}' >"$place/answer"
  cat "$place/answer"
  echo
  grep -q '"text":"[^"]' "$place/answer" || fail "no text in the answer"
  kill "$service"
  wait "$service" || [ $? = 143 ] || { cat "$place/log"; fail "the service did not end as it should"; }
  service=
  [ ! -e "$place"/home/postgres/data/postmaster.pid ] || fail "PostgreSQL outlived the service"
  cat "$place/log"
}

for bundle in $what; do
  $bundle
done
