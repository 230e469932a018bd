# Read by the commands in bin/: which Java, with which flags, and where the libraries are. $bundle is the bundle's folder.

java=$bundle/runtime/bin/java

# Weights, activations and the KV cache lie outside the Java heap, so a small heap serves models of any size. G1 because its
# pauses stay at a few milliseconds on such a heap. FIDDLER_OPTS comes last and wins: FIDDLER_OPTS="-Xmx8g -XX:+UseParallelGC".
jvm_flags="--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseG1GC -Xmx2g
  -Djava.library.path=$bundle/lib/native ${FIDDLER_OPTS:-}"

# Whether the dynamic linker finds a library.
has_library() {
  old_ifs=$IFS
  IFS=:
  for folder in ${LD_LIBRARY_PATH:-}; do
    if [ -e "$folder/$1" ]; then
      IFS=$old_ifs
      return 0
    fi
  done
  IFS=$old_ifs
  { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -qF "$1 "
}

# cuBLAS may lie where the linker does not look, and it may be 13 only, which lib/compat makes look like 12.
if ! has_library libcublas.so.12; then
  if ! has_library libcublas.so.13; then
    for folder in /usr/local/cuda/lib64 /usr/local/cuda/targets/x86_64-linux/lib; do
      if [ -e "$folder/libcublas.so.12" ] || [ -e "$folder/libcublas.so.13" ]; then
        export LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
        break
      fi
    done
  fi
  if has_library libcublas.so.13 && ! has_library libcublas.so.12; then
    export LD_LIBRARY_PATH="$bundle/lib/compat${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  fi
fi
