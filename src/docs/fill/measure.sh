#!/usr/bin/env bash
# Fills an embedded PostgreSQL by fill.sql, once, and measures reports and the history of a start with their plans.
#   src/docs/fill/measure.sh [requests=5000000] [days=365] [tenants=10] [layers=32] [experts=8] [hours=3]
# FOLDER=... keeps the filled database elsewhere than in target/figures. A database of your own, migrated by a
# start of the service, is filled by
#   PGOPTIONS='-c fill.requests=5000000 -c fill.days=365 -c fill.tenants=10 -c fill.layers=32 -c fill.experts=8 -c fill.hours=3' \
#     psql -f src/docs/fill/fill.sql postgresql://...
set -euo pipefail
cd "$(dirname "$0")/../../.."
./mvnw -q -B test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt -Dmdep.includeScope=test
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx2g -cp "target/classes:target/test-classes:$(cat target/classpath.txt)" \
  io.fiddler.store.HistoryFigures "${FOLDER:-target/figures}" "$@"
