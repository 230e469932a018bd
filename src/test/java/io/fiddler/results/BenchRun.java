package io.fiddler.results;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One run of `bench`, as its `--json` wrote it.
///
/// @param file below the folder of raw results
/// @param json its content
record BenchRun(Path file, JsonNode json) {
  /// All runs below a folder, by name.
  static List<BenchRun> below(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .map(file -> new BenchRun(folder.relativize(file), read(file)))
          .filter(run -> run.json.has("scenarios"))
          .toList();
    }
  }

  private static JsonNode read(Path file) {
    try {
      return JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// For a heading and for the names of pictures.
  String name() {
    return file.toString().replace(".json", "").replace('/', '-');
  }

  List<JsonNode> scenarios() {
    return json.get("scenarios").valueStream().toList();
  }

  JsonNode machine() {
    return json.get("machine");
  }

  JsonNode model() {
    return json.get("model");
  }

  /// Rates of one phase over all scenarios that have it.
  ///
  /// @param phase `prefill` or `decode`
  List<Bar> rates(String phase) {
    return scenarios().stream()
        .filter(scenario -> scenario.path(phase).path("tokensPerSecond").has("median"))
        .map(scenario -> {
          JsonNode rate = scenario.get(phase).get("tokensPerSecond");
          return new Bar(
              scenario.get("name").asString(),
              rate.get("median").asDouble(),
              rate.get("p10").asDouble(),
              rate.get("p90").asDouble());
        })
        .toList();
  }
}
