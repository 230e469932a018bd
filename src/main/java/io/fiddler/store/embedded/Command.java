package io.fiddler.store.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs a program to its end and keeps what it said.
///
/// @param exitStatus 0 if all went well
/// @param output both of its streams
record Command(int exitStatus, String output) {
  /// Runs `command` in `folder`, which the account it runs under must be able to enter.
  ///
  /// @throws IOException if there is no such program
  static Command run(Path folder, List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    // PGDATA, PGPORT and their like are for other servers; UTC spares initdb the search for a zone.
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("TZ", "UTC");
    Process process = builder.start();
    process.getOutputStream().close();
    try (var output = process.getInputStream()) {
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Command(process.waitFor(), said);
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while running " + command.getFirst(), e);
    }
  }

  /// Whether `command` exists, runs and succeeds.
  static boolean succeeds(Path folder, List<String> command) {
    try {
      return run(folder, command).succeeded();
    } catch (IOException absent) {
      return false;
    }
  }

  /// `prefix` followed by `rest`.
  static List<String> join(List<String> prefix, List<String> rest) {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(rest);
    return whole;
  }

  boolean succeeded() {
    return exitStatus == 0;
  }
}
