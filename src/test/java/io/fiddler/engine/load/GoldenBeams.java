package io.fiddler.engine.load;

import io.fiddler.engine.Engine;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.beam.BeamHypothesis;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What transformers finds with four beams, see `src/test/resources/golden/README.md`.
///
/// @param prompt token ids
/// @param best of the best hypothesis
record GoldenBeams(List<Integer> prompt, List<Integer> best) {
  static final int WIDTH = 4;

  static List<GoldenBeams> all() throws IOException {
    JsonNode root =
        JsonMapper.builder()
            .build()
            .readTree(Files.readString(Engines.resource("golden/tiny-moe/golden.json")));
    List<GoldenBeams> all = new ArrayList<>();
    root.get("cases")
        .forEach(golden ->
            all.add(new GoldenBeams(ints(golden.get("input_ids")), ints(golden.get("beam4")))));
    return all;
  }

  private static List<Integer> ints(JsonNode array) {
    List<Integer> values = new ArrayList<>();
    array.forEach(value -> values.add(value.intValue()));
    return values;
  }

  /// Begins the search.
  CollectingListener submit(Engine engine) {
    CollectingListener listener = new CollectingListener();
    engine.submit(
        Engines.beams(prompt.stream().mapToInt(Integer::intValue).toArray(), best.size(), WIDTH),
        listener);
    return listener;
  }

  static List<Integer> ids(BeamHypothesis hypothesis) {
    return hypothesis.tokens().stream().map(SampledToken::tokenId).toList();
  }
}
