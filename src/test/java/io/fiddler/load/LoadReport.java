package io.fiddler.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/// The levels of a run as a table for people and as JSON, in `target/soak`.
final class LoadReport {
  private static final Path FOLDER = Path.of("target", "soak");
  private static final double MIB = 1 << 20;

  private LoadReport() {}

  static void write(String name, List<Level> levels) throws IOException {
    Files.createDirectories(FOLDER);
    Files.writeString(
        FOLDER.resolve(name + ".json"),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(levels));
    StringBuilder text =
        new StringBuilder(
            """
            | clients | s | requests/s | tokens/s | first token p50 / p95 / p99 ms | a token p50 / p95 / p99 ms |
            |---|---|---|---|---|---|
            """);
    levels.forEach(level ->
        text.append(
            String.format(
                Locale.ROOT,
                "| %d | %.0f | %.1f | %.1f | %s | %s |%n",
                level.clients(),
                level.seconds(),
                level.requestsPerSecond(),
                level.tokensPerSecond(),
                millis(level.firstTokenMillis()),
                millis(level.tokenMillis()))));
    text.append("\nHow requests ended:\n\n");
    levels.forEach(level ->
        text.append(
            "- %d clients: %s; not intended: %s%n"
                .formatted(level.clients(), level.ends(), level.wrong())));
    text.append(
        "\nMemory, MiB:\n\n| clients | second | resident | heap | direct | threads |\n|---|---|---|---|---|---|\n");
    levels.forEach(level ->
        level.memory().stream()
            .filter(at -> level.memory().indexOf(at) % Math.max(1, level.memory().size() / 12) == 0)
            .forEach(at ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "| %d | %d | %.0f | %.0f | %.1f | %d |%n",
                        level.clients(),
                        at.second(),
                        at.resident() / MIB,
                        at.heap() / MIB,
                        at.direct() / MIB,
                        at.threads()))));
    Files.writeString(FOLDER.resolve(name + ".md"), text);
  }

  private static String millis(List<Double> quantiles) {
    return String.format(
        Locale.ROOT, "%.1f / %.1f / %.1f", quantiles.get(0), quantiles.get(1), quantiles.get(2));
  }
}
