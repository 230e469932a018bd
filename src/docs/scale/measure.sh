#!/usr/bin/env bash
# Runs fleets of simulated replicas against an embedded PostgreSQL and prints a row of src/docs/scale.md for each.
#   src/docs/scale/measure.sh [replicas=1,4,16,64] [rate=1] [seconds=60] [flush=1000] [tenants=10] [layers=32] [experts=8]
#     [prompt=250] [completion=150] [idle=2]
# rate is requests a second of each replica, flush is fiddler.store.flush-interval in milliseconds, idle the connections a
# pool keeps. FOLDER=... keeps the databases elsewhere than in target/fleet.
set -euo pipefail
cd "$(dirname "$0")/../../.."
./mvnw -q -B test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=test
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx2g -cp "target/classes:target/test-classes:$(cat target/classpath.txt)" \
  io.fiddler.scale.FleetFigures "${FOLDER:-target/fleet}" "$@"
