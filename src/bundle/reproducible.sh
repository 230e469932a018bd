#!/bin/sh
# reproducible.sh: builds the jar twice from the commit that is checked out, in two folders, and compares the bytes; says which
# entries differ, if any. Needs git; takes twice as long as ./mvnw -DskipTests package.
set -eu
cd "$(dirname "$0")/../.."
repository=$PWD
place=$(mktemp -d /tmp/fiddler-reproducible-XXXXXX)
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM

for build in first second; do
  git clone -q --no-hardlinks "$repository" "$place/$build"
  (cd "$place/$build" && ./mvnw -q -B ${MVN_OPTS:-} -DskipTests -Dmaven.test.skip=true package)
done
first=$place/first/target/fiddler.jar
second=$place/second/target/fiddler.jar
sha256sum "$first" "$second" | sed "s|$place/||"
if cmp -s "$first" "$second"; then
  echo "reproducible.sh: both builds are the same"
  exit 0
fi
for build in first second; do
  mkdir "$place/$build-jar"
  (cd "$place/$build-jar" && unzip -q "$place/$build/target/fiddler.jar")
done
diff -rq "$place/first-jar" "$place/second-jar" | sed "s|$place/||g" || true
echo "reproducible.sh: the builds differ" >&2
exit 1
