#!/bin/sh
# secrets.sh [FOLDER]: makes the secrets of compose.yaml that are not there yet, in docker/secrets, which only you can enter. The files
# themselves are readable for all, since each service of compose.yaml runs as another user.
set -eu
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 700 "$folder"
for name in admin-key database-password grafana-password; do
  [ ! -e "$folder/$name" ] || continue
  head -c 512 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9' | head -c 48 >"$folder/$name"
  chmod 644 "$folder/$name"
  echo "$folder/$name"
done
# What Prometheus reads with: the admin key, until you make it one of scope read (src/docs/docker.md).
if [ ! -e "$folder/metrics-key" ]; then
  cp "$folder/admin-key" "$folder/metrics-key"
  echo "$folder/metrics-key"
fi
