#!/usr/bin/env bash
# Repeats the measurement of learning.md: ./mvnw package -DskipTests && src/docs/learning.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
port=${PORT:-18080}
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; wait; rm -rf "$work"' EXIT

start() { # HOME
  "$java" -Xmx2g --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -jar target/fiddler.jar \
    --fiddler.home="$1" --server.port="$port" --fiddler.device.kind=emulated --fiddler.device.experts=12 \
    --fiddler.placement.correction.mode=off >"$1.log" 2>&1 &
  pid=$!
  until curl -sf -m 2 "http://127.0.0.1:$port/actuator/health/readiness" >/dev/null; do
    kill -0 "$pid" || { cat "$1.log"; exit 1; }
    sleep 0.5
  done
}

stop() {
  kill "$pid"
  wait "$pid" || true
  pid=
}

send() { # DOMAIN FROM TO
  python3 - "$@" "$port" <<'PYTHON'
import json, sys, urllib.request
domain, first, last, port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
for prompt in json.load(open(f"src/test/resources/prompts/{domain}.json"))[first:last]:
    body = json.dumps({"prompt": prompt, "max_tokens": 24, "temperature": 0}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/completions", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request).read()
PYTHON
}

report() { # HISTORY
  curl -s "http://127.0.0.1:$port/actuator/placement" | python3 -c "
import json, sys
p = json.load(sys.stdin)
print(f'| {sys.argv[1]} | {p[\"policy\"]} | {p[\"forecastHitRate\"]:.3f} | {p[\"actualHitRate\"]:.3f} |')" "$1"
}

echo '| history | policy | forecast | hit rate |'
for history in none speeches dictionary; do
  home=$work/$history
  if [ "$history" != none ]; then
    start "$home"
    send "$history" 0 18
    stop
  fi
  start "$home"
  send dictionary 18 37
  report "$history"
  stop
done
