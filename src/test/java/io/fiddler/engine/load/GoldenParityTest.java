package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.step.ForwardAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The engine against Hugging Face transformers in float32, see
/// `src/test/resources/golden/README.md`.
class GoldenParityTest {
  private static final double TOLERANCE = 2e-4;

  @ParameterizedTest
  @ValueSource(strings = {"mixtral-a", "mixtral-tied"})
  void allLogitsAndGreedyTokens_equalTheReference(String name) throws IOException {
    Path folder = Engines.resource("golden/" + name);
    try (LoadedEngine engine =
        load(Engines.options(folder.toString(), Kind.NONE, -1, DispatchMode.AUTO))) {
      for (JsonNode golden : cases(folder)) {
        int[] prompt = ints(golden.get("input_ids"));
        float[][] logits = allLogits(engine, prompt, new ArrayList<>());
        for (int position = 0; position < prompt.length; position++) {
          assertClose(logits[position], golden.get("logits").get(position), name + position);
        }
      }
    }
    try (Engine engine =
        Engines.load(Engines.options(folder.toString(), Kind.NONE, -1, DispatchMode.AUTO))) {
      for (JsonNode golden : cases(folder)) {
        assertThat(generate(engine, golden)).containsExactly(ints(golden.get("greedy")));
      }
    }
  }

  @Test
  void tinyMoe_equalsTheReference_inLogitsRoutingAndGreedyTokens() throws IOException {
    Path folder = Engines.resource("golden/tiny-moe");
    EngineOptions options = Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO);
    try (LoadedEngine engine = load(options)) {
      for (JsonNode golden : cases(folder)) {
        int[] prompt = ints(golden.get("input_ids"));
        List<int[]> routing = new ArrayList<>();
        float[][] logits = allLogits(engine, prompt, routing);
        assertClose(logits[prompt.length - 1], golden.get("last_logits"), "last logits");
        for (int layer = 0; layer < routing.size(); layer++) {
          assertThat(routing.get(layer))
              .as("layer %d", layer)
              .containsExactly(flat(golden.get("router_top2").get(layer)));
        }
      }
    }
    try (Engine engine = Engines.load(options)) {
      for (JsonNode golden : cases(folder)) {
        assertThat(generate(engine, golden)).containsExactly(ints(golden.get("greedy")));
      }
    }
  }

  private static LoadedEngine load(EngineOptions options) {
    return new EngineLoader(
            options, Engines::evenSpread, new EngineListener() {}, (phase, done) -> {})
        .load();
  }

  private static float[][] allLogits(LoadedEngine engine, int[] prompt, List<int[]> routing) {
    int vocabSize = engine.model().config().vocabSize();
    return ForwardAccess.allLogits(engine.runner(), vocabSize, prompt, routing);
  }

  private static int[] generate(Engine engine, JsonNode golden) {
    CollectingListener listener = new CollectingListener();
    engine.submit(
        Engines.greedy(ints(golden.get("input_ids")), golden.get("greedy").size()), listener);
    listener.awaitReport();
    return listener.tokenIds();
  }

  private static List<JsonNode> cases(Path folder) throws IOException {
    JsonNode root =
        JsonMapper.builder().build().readTree(Files.readString(folder.resolve("golden.json")));
    List<JsonNode> cases = new ArrayList<>();
    root.get("cases").forEach(cases::add);
    return cases;
  }

  private static void assertClose(float[] actual, JsonNode expected, String what) {
    assertThat(actual).as(what).hasSize(expected.size());
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected.get(i).doubleValue()))
          .as("%s, logit %d", what, i)
          .isLessThan(TOLERANCE);
    }
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }

  private static int[] flat(JsonNode rows) {
    List<Integer> values = new ArrayList<>();
    rows.forEach(row -> row.forEach(value -> values.add(value.intValue())));
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
