package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.step.ForwardAccess;
import io.fiddler.engine.step.ForwardAccess.Choices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole engine on a GPU against the reference, wherever the experts are: first with the
/// reference's choices of experts forced, then running free. The CPU engine in float32 stands in
/// for the reference where the goldens do not have a value; `GoldenParityTest` holds it to them.
@Tag("gpu")
class CudaGoldenParityTest {
  /// By how much rounding to bf16, of activations, keys and values, may move a logit of these
  /// models while the experts are the same.
  private static final double LOGIT_TOLERANCE = 0.1;

  /// By how much it may move the score of an expert.
  private static final double ROUTER_TOLERANCE = 0.05;

  /// Where the experts are.
  enum Where {
    ALL_RESIDENT(DispatchMode.AUTO),
    NONE_RESIDENT(DispatchMode.HOST),
    HALF_RESIDENT(DispatchMode.AUTO),
    STREAMED(DispatchMode.STREAM),
    SPLIT(DispatchMode.SPLIT);

    private final DispatchMode dispatch;

    Where(DispatchMode dispatch) {
      this.dispatch = dispatch;
    }

    int experts(int all) {
      return switch (this) {
        case ALL_RESIDENT -> all;
        case HALF_RESIDENT -> all / 2;
        case NONE_RESIDENT, STREAMED, SPLIT -> 0;
      };
    }
  }

  static Stream<Arguments> engines() {
    return Stream.of("mixtral-a", "mixtral-tied", "tiny-moe")
        .flatMap(model -> Arrays.stream(Where.values()).map(where -> Arguments.of(model, where)));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void logits_areCloseToTheReference_underItsChoicesOfExperts(
      String model, Where where, TestReporter reporter) throws IOException {
    try (LoadedEngine cpu = load(options(model, Kind.NONE, -1, DispatchMode.AUTO));
        LoadedEngine gpu = load(onGpu(model, where, numExperts(cpu)))) {
      int vocabSize = vocabSize(cpu);
      for (JsonNode golden : cases(model)) {
        int[] tokens = promptAndGreedy(golden);
        Choices choices = new Choices();
        float[][] expected = ForwardAccess.recordedLogits(cpu.runner(), vocabSize, tokens, choices);
        float[][] together = ForwardAccess.forcedLogits(gpu.runner(), vocabSize, tokens, choices);
        int different = choices.different();
        double largest = largestDifference(together, expected);
        float[][] oneByOne =
            ForwardAccess.forcedLogitsOneByOne(gpu.runner(), vocabSize, tokens, choices);
        double largestOneByOne = largestDifference(oneByOne, expected);
        reporter.publishEntry(
            "%s, %s, %d tokens".formatted(model, where, tokens.length),
            "largest difference of a logit %.4f in one chunk (%d choices would have differed), %.4f one by one (%d)"
                .formatted(largest, different, largestOneByOne, choices.different() - different));
        assertThat(largest).as("in one chunk").isLessThan(LOGIT_TOLERANCE);
        assertThat(largestOneByOne).as("one by one").isLessThan(LOGIT_TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void greedyTokens_differOnlyAfterANarrowChoice(String model, Where where, TestReporter reporter)
      throws IOException {
    try (LoadedEngine cpu = load(options(model, Kind.NONE, -1, DispatchMode.AUTO));
        Engine gpu = Engines.load(onGpu(model, where, numExperts(cpu)))) {
      for (JsonNode golden : cases(model)) {
        int[] expected = ints(golden.get("greedy"));
        CollectingListener listener = new CollectingListener();
        gpu.submit(Engines.greedy(ints(golden.get("input_ids")), expected.length), listener);
        listener.awaitReport();
        int[] actual = listener.tokenIds();
        assertThat(actual).as("tokens of a whole generation").hasSameSizeAs(expected);
        int first = Arrays.mismatch(actual, expected);
        if (first >= 0) {
          List<String> narrow = narrowChoices(cpu, golden, first);
          reporter.publishEntry(
              "%s, %s, token %d differs after".formatted(model, where, first),
              String.join("; ", narrow));
          assertThat(narrow).as("token %d of %s", first, Arrays.toString(actual)).isNotEmpty();
        }
      }
    }
  }

  /// Choices of the reference, up to its greedy token `token`, that rounding may turn.
  private static List<String> narrowChoices(LoadedEngine cpu, JsonNode golden, int token) {
    int prompt = golden.get("input_ids").size();
    int[] tokens = Arrays.copyOf(promptAndGreedy(golden), prompt + token);
    int vocabSize = vocabSize(cpu);
    List<String> narrow = new ArrayList<>();
    double[][] margins = ForwardAccess.routerMargins(cpu.runner(), vocabSize, tokens);
    for (int position = 0; position < tokens.length; position++) {
      for (int layer = 0; layer < margins.length; layer++) {
        if (margins[layer][position] < ROUTER_TOLERANCE) {
          narrow.add(
              "position %d, router of layer %d: margin %.4f"
                  .formatted(position, layer, margins[layer][position]));
        }
      }
    }
    float[][] logits = ForwardAccess.allLogits(cpu.runner(), vocabSize, tokens, new ArrayList<>());
    for (int position = prompt - 1; position < tokens.length; position++) {
      float[] sorted = logits[position].clone();
      Arrays.sort(sorted);
      double margin = sorted[vocabSize - 1] - sorted[vocabSize - 2];
      if (margin < 2 * LOGIT_TOLERANCE) { // both may move
        narrow.add("position %d, logits: margin %.4f".formatted(position, margin));
      }
    }
    return narrow;
  }

  private static double largestDifference(float[][] actual, float[][] expected) {
    double largest = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        double difference = Math.abs(actual[row][i] - expected[row][i]);
        largest =
            Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
      }
    }
    return largest;
  }

  private static EngineOptions onGpu(String model, Where where, int numExperts) {
    return options(model, Kind.CUDA, where.experts(numExperts), where.dispatch);
  }

  private static EngineOptions options(
      String model, Kind kind, int experts, DispatchMode dispatch) {
    String path = model.equals("tiny-moe") ? model : folder(model).toString();
    return Engines.options(path, kind, experts, dispatch);
  }

  private static Path folder(String model) {
    return Engines.resource("golden/" + model);
  }

  private static LoadedEngine load(EngineOptions options) {
    return new EngineLoader(
            options, Engines::evenSpread, new EngineListener() {}, (phase, done) -> {})
        .load();
  }

  private static int numExperts(LoadedEngine engine) {
    return engine.model().grid().size();
  }

  private static int vocabSize(LoadedEngine engine) {
    return engine.model().config().vocabSize();
  }

  /// The prompt and what follows it, except for the last token, which nothing follows.
  private static int[] promptAndGreedy(JsonNode golden) {
    int[] prompt = ints(golden.get("input_ids"));
    int[] greedy = ints(golden.get("greedy"));
    int[] tokens = Arrays.copyOf(prompt, prompt.length + greedy.length - 1);
    System.arraycopy(greedy, 0, tokens, prompt.length, greedy.length - 1);
    return tokens;
  }

  private static List<JsonNode> cases(String model) throws IOException {
    JsonNode root =
        JsonMapper.builder()
            .build()
            .readTree(Files.readString(folder(model).resolve("golden.json")));
    List<JsonNode> cases = new ArrayList<>();
    root.get("cases").forEach(cases::add);
    return cases;
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }
}
