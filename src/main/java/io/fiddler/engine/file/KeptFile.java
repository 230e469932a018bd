package io.fiddler.engine.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Files that the service keeps for itself, readable by its account only.
public final class KeptFile {
  private KeptFile() {}

  /// Replaces a file in one go, so that nobody reads half of it and a crash leaves the old one.
  /// Makes its folder.
  ///
  /// @throws IOException if it cannot be written; the old one is then as it was
  public static void replace(Path file, byte[] content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path complete = Files.createTempFile(folder, "kept-", ".tmp");
    try {
      Files.write(complete, content);
      Files.move(
          complete, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(complete);
    }
  }
}
