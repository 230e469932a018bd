package io.fiddler.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Settings of the tokenizer library that must stand before its first class is touched.
final class NativeLibrary {
  private static final String CACHE = "ENGINE_CACHE_DIR";

  private NativeLibrary() {}

  /// Forbids the library any network (it reports its use to a cloud's metadata service and may
  /// download another build of itself) and says where it unpacks its native code.
  ///
  /// @param cache folder to unpack to, unless the environment or a system property names one
  /// @throws TokenizerException if `cache` cannot be made
  static synchronized void prepare(@Nullable Path cache) {
    System.setProperty("ai.djl.offline", "true");
    if (cache == null || System.getenv(CACHE) != null || System.getProperty(CACHE) != null) {
      return;
    }
    try {
      Files.createDirectories(cache);
    } catch (IOException e) {
      throw new TokenizerException(
          "cannot make the folder for the native tokenizer library: %s (%s)".formatted(e, cache),
          e);
    }
    System.setProperty(CACHE, cache.toAbsolutePath().toString());
  }

  /// The sentence for a library that did not load.
  static TokenizerException unavailable(Throwable failure, Path tokenizerJson) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new TokenizerException(
        "the native tokenizer library does not load on %s %s: %s; %s must name a folder this process can write (needed for %s)"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                root,
                CACHE,
                tokenizerJson),
        failure);
  }
}
