package io.fiddler.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// An alert of the rules' file.
///
/// @param name what it is called
/// @param expression when it fires
/// @param runbook where the runbook speaks of it
public record Alert(String name, String expression, String runbook) {
  static final Path FILE = Path.of("helm/fiddler/files/alerts.yaml");

  /// All of them.
  public static List<Alert> read() {
    try {
      return Manifests.list(
              Manifests.of(Files.readString(FILE, UTF_8))
                  .documents()
                  .getFirst()
                  .at("/groups/0/rules"))
          .stream()
          .map(rule ->
              new Alert(
                  rule.at("/alert").asString(),
                  rule.at("/expr").asString(),
                  rule.at("/annotations/runbook").asString()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
