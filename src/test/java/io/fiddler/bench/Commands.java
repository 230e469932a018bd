package io.fiddler.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Runs commands as the launcher does, in this process.
final class Commands {
  private Commands() {}

  /// How a command ended.
  ///
  /// @param exitCode what the process would end with
  /// @param out standard output
  /// @param err standard error
  record Ended(int exitCode, String out, String err) {}

  static Ended run(Path home, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        EngineMain.run(
                args,
                home,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8))
            .orElseThrow();
    return new Ended(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /// A copy of a resource, which may lie in a jar.
  static Path copy(String resource, Path target) {
    try (InputStream in =
        Objects.requireNonNull(Commands.class.getResourceAsStream(resource), resource)) {
      Files.copy(in, target);
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
