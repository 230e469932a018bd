package io.fiddler.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// The database files.
///
/// @param data their folder
/// @param programs what makes and serves them
record Cluster(Path data, ServerPrograms programs) {
  static final String USER = "postgres";

  boolean exists() {
    return Files.exists(data.resolve("PG_VERSION"));
  }

  /// Makes them. Whatever interrupts it, `data` is either whole or not there.
  void create(String password) throws IOException {
    Path fresh = data.resolveSibling(data.getFileName() + ".new");
    Path passwordFile = data.resolveSibling("initdb-password");
    Folders.delete(fresh);
    Files.deleteIfExists(passwordFile);
    try {
      programs.account().own(Folders.create(fresh, "rwx------"));
      Password.write(passwordFile, password);
      programs.account().own(passwordFile);
      Command initdb =
          programs.run(
              "initdb",
              List.of(
                  "--pgdata=" + fresh,
                  "--username=" + USER,
                  "--pwfile=" + passwordFile,
                  "--auth=scram-sha-256",
                  "--encoding=UTF8",
                  "--no-locale",
                  "--no-instructions"));
      if (!initdb.succeeded()) {
        throw new EmbeddedPostgresException(
            "cannot make a database in %s: %s".formatted(data, lastLine(initdb.output())));
      }
      Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(passwordFile);
    }
  }

  private static String lastLine(String output) {
    return output
        .lines()
        .filter(line -> line.contains("error"))
        .findFirst()
        .orElseGet(() -> output.lines().reduce("", (_, line) -> line));
  }
}
