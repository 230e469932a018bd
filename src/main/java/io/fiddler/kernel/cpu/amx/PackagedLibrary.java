package io.fiddler.kernel.cpu.amx;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;

/// The native library that the build packs among the resources, if it had a compiler.
final class PackagedLibrary {
  /// Where `kernels/cpu/build.sh` is told to put it.
  private static final String RESOURCE = "/native/linux-x86_64/libfiddler-cpu.so";

  private PackagedLibrary() {}

  /// Loads it for the life of the process. The file it is unpacked to lies in a new folder that
  /// only this user may write, under `java.io.tmpdir`, and is gone when this returns.
  ///
  /// @throws UnsupportedOperationException with the reason if it cannot be had
  static SymbolLookup load() {
    String system = System.getProperty("os.name", "");
    String cpu = System.getProperty("os.arch", "");
    if (!system.equals("Linux") || !cpu.equals("amd64")) {
      throw new UnsupportedOperationException(
          "native kernels are for Linux on amd64, this is %s on %s".formatted(system, cpu));
    }
    try (InputStream library = PackagedLibrary.class.getResourceAsStream(RESOURCE)) {
      if (library == null) {
        throw new UnsupportedOperationException(
            "the build had no C++ compiler to make the native kernels with");
      }
      return load(library);
    } catch (IOException e) {
      throw new UnsupportedOperationException(
          "the native kernels cannot be unpacked to %s: %s"
              .formatted(System.getProperty("java.io.tmpdir"), e),
          e);
    }
  }

  private static SymbolLookup load(InputStream library) throws IOException {
    Path folder = Files.createTempDirectory("fiddler-native-");
    Path file = folder.resolve("libfiddler-cpu.so");
    try {
      Files.copy(library, file);
      return open(file);
    } finally {
      // What is mapped stays mapped.
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  /// Loads a library from a file for the life of the process.
  ///
  /// @throws UnsupportedOperationException with the reason if it does not load
  @SuppressWarnings("restricted") // the run command enables native access
  static SymbolLookup open(Path file) {
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new UnsupportedOperationException(
          "the native kernels do not load; java.io.tmpdir must allow programs (%s)".formatted(file),
          e);
    } catch (IllegalCallerException e) {
      throw new UnsupportedOperationException(
          "native access is denied; add --enable-native-access=ALL-UNNAMED", e);
    }
  }
}
