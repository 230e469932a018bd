#!/bin/sh
# build.sh engine|service: makes target/bundles/fiddler-<name>-<version>-linux-x86_64.tar.xz from what Maven has built.
# Run by ./mvnw -Pbundles package; src/docs/bundles.md says what is in the bundles. Needs JAVA_HOME (a JDK 25), xz, and gcc for
# the cuBLAS forwarder.
#
# build.sh image: the folder target/bundles/image, for docker/Dockerfile: what the service's bundle has, without the forwarder. Needs
# JAVA_HOME alone. REVISION is the commit it names where there is no git.
set -eu
name=$1
cd "$(dirname "$0")/../.."
here=src/bundle
out=target/bundles
version=$(sed -n 's/^build\.version=//p' target/classes/META-INF/build-info.properties)
folder=fiddler-$name-$version
[ "$name" != image ] || folder=image
bundle=$out/$folder
PATH=$JAVA_HOME/bin:$PATH
rm -rf "$bundle"
mkdir -p "$bundle/lib"

# What both need. No CDS archive: it would add 2.7 MB to save 0.3 s of a start. jdk.jcmd is for whoever must look into a running JVM.
modules=java.base,java.logging,java.management,jdk.incubator.vector,jdk.jcmd,jdk.jfr,jdk.management,jdk.unsupported,jdk.zipfs

link_runtime() { # modules
  jlink --add-modules "$1" --strip-debug --no-header-files --no-man-pages --compress=zip-0 --output "$bundle/runtime"
}

describe() {
  echo "fiddler-$name $version"
  echo "commit ${REVISION:-$(git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)}, built $(date -u +%Y-%m-%dT%H:%MZ)"
}

engine() {
  link_runtime "$modules,java.xml"
  jars=
  while read -r jar; do
    found=$(find $out/dependencies -name "$jar-[0-9]*.jar")
    if [ "$(echo "$found" | grep -c .)" != 1 ]; then
      echo "$here/engine.jars: $jar must be one jar in $out/dependencies, got: ${found:-none}; ./mvnw clean removes old ones" >&2
      exit 1
    fi
    jars="$jars $found"
  done <$here/engine.jars
  java $here/StoredJars.java "$bundle/lib" "$bundle/lib/native" $jars "$out"/engine-only/slf4j-simple-*.jar
  java $here/StoredJars.java "$bundle/lib/test" "$bundle/lib/native" \
    "$out"/engine-only/junit-platform-console-standalone-*.jar "$out"/engine-only/assertj-core-*.jar

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # Resources all but the service's; classes of the engine's packages.
  (cd target/classes && tar -c --exclude=./io --exclude=./application.yml --exclude=./db --exclude=./dashboard --exclude=./META-INF .) | tar -x -C "$work"
  mkdir -p "$work/io/fiddler" "$bundle/tests/io/fiddler"
  (cd target/test-classes && tar -c --exclude=./io --exclude=./META-INF .) | tar -x -C "$bundle/tests"
  while read -r package; do
    for classes in classes:$work test-classes:$bundle/tests; do
      from=target/${classes%%:*}/io/fiddler/$package
      [ ! -d "$from" ] || cp -r "$from" "${classes#*:}/io/fiddler/"
    done
  done <$here/engine.packages
  for class in "$work/io/fiddler/bench/EngineMain.class" "$bundle/tests/io/fiddler/engine/load/GoldenParityTest.class"; do
    [ -f "$class" ] || { echo "target/ has no ${class##*/}: compile first" >&2; exit 1; }
  done
  # They want what is not in the bundle: the kernels' sources, a validator of JSON schemas.
  while read -r test; do
    rm -f "$bundle/tests/io/fiddler/$test.class" "$bundle/tests/io/fiddler/$test\$"*.class
  done <$here/engine.left-out
  jar --create --no-compress --file "$bundle/lib/fiddler-engine.jar" -C "$work" .
  cp $here/engine/simplelogger.properties "$bundle/lib/"
}

service() {
  # java.desktop because Spring needs java.beans.
  link_runtime "$modules,java.compiler,java.desktop,java.instrument,java.naming,java.net.http,java.prefs,java.scripting,\
java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.net"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  java -Djarmode=tools -jar target/fiddler.jar extract --destination "$work/app" >/dev/null
  java $here/StoredJars.java "$bundle/app" "$bundle/lib/native" "$work/app/fiddler.jar"
  java $here/StoredJars.java "$bundle/app/lib" "$bundle/lib/native" "$work"/app/lib/*.jar
}

finish() { # folder of bin/ and README.md
  cp $here/jvm.sh "$bundle/lib/"
  cp -r $here/$1/bin $here/$1/README.md LICENSE NOTICE src/docs/third-party.md "$bundle/"
  describe >"$bundle/VERSION"
}

case $name in
  engine) engine ;;
  service) service ;;
  image)
    service
    finish service
    exit
    ;;
  *) echo "usage: build.sh engine|service|image" >&2; exit 64 ;;
esac

sh kernels/compat/build.sh "$PWD/$bundle/lib/compat" >/dev/null
finish $name
archive=$out/$folder-linux-x86_64.tar.xz
tar -c -C "$out" --sort=name --owner=0 --group=0 --numeric-owner "$folder" |
  xz -T2 --x86 --lzma2=preset=6e >"$archive"
ls -l "$archive"
