package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.LaneOptions;
import io.fiddler.engine.EngineOptions.TraceOptions;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.engine.TraceReport;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertTrace;
import io.fiddler.expert.Phase;
import io.fiddler.sampling.SamplingParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// Traces of generations, over the embedded model.
final class EngineTraceTest {
  private static final int TOKENS = 6;
  private static final int LAYERS = 6;
  private static final int TOP_K = 2;
  private static final int TOKEN_BYTES = LAYERS * TOP_K * Short.BYTES;

  private final List<TraceReport> reports = new CopyOnWriteArrayList<>();

  @Test
  void traces_holdWhatTheCountersCounted_whenEveryGenerationIsSampled() {
    try (Engine engine = engine(new TraceOptions(1, 1 << 20, 1))) {
      generate(engine, List.of(5, 70, 200, 3), TOKENS); // 200 tokens take several steps of 64
      Map<String, ActivationSnapshot> counted = engine.activations().snapshot();

      assertThat(reports).hasSize(4);
      assertThat(counted).hasSize(4);
      ExpertGrid grid = engine.model().grid();
      for (TraceReport report : reports) {
        assertThat(report.trace().numLayers()).isEqualTo(LAYERS);
        assertThat(report.trace().topK()).isEqualTo(TOP_K);
        // The token sampled last is never computed.
        assertThat(report.trace().tokens()).isEqualTo(report.trace().promptTokens() + TOKENS - 1);
        assertThat(counts(report.trace(), grid))
            .isDeepEqualTo(Objects.requireNonNull(counted.get(report.tenant())).counts());
      }
    }
  }

  @Test
  void trace_endsWhereItIsFull() {
    try (Engine engine = engine(new TraceOptions(1, 10 * TOKEN_BYTES + 1, 1))) {
      generate(engine, List.of(4, 30), 12);
    }

    assertThat(reports).extracting(report -> report.trace().tokens()).containsOnly(10);
    assertThat(reports)
        .extracting(report -> report.trace().promptTokens())
        .containsExactlyInAnyOrder(4, 30);
  }

  @Test
  void generations_areSampledByLot_andAlikeWithTheSameSeed() {
    try (Engine engine = engine(new TraceOptions(0.5, 1 << 20, 7))) {
      generateOneByOne(engine, 24);
    }
    List<TraceReport> first = List.copyOf(reports);
    reports.clear();
    try (Engine engine = engine(new TraceOptions(0.5, 1 << 20, 7))) {
      generateOneByOne(engine, 24);
    }

    assertThat(first).hasSizeBetween(4, 20);
    assertThat(reports).isEqualTo(first);
  }

  @Test
  void nothingIsTraced_whenTheRateIsZeroOrNoTokenFits() {
    try (Engine engine = engine(new TraceOptions(0, 1 << 20, 1))) {
      generateOneByOne(engine, 3);
    }
    try (Engine engine = engine(new TraceOptions(1, TOKEN_BYTES - 1, 1))) {
      generateOneByOne(engine, 3);
    }

    assertThat(reports).isEmpty();
  }

  private Engine engine(TraceOptions traces) {
    EngineOptions plain = Engines.options("tiny-moe", Kind.EMULATED, 12, DispatchMode.HOST);
    return Engines.load(
        new EngineOptions(
            plain.modelPath(),
            plain.home(),
            plain.device(),
            plain.host(),
            plain.limits(),
            plain.dispatch(),
            LaneOptions.DEFAULT,
            traces),
        new EngineListener() {
          @Override
          public void onTrace(TraceReport report) {
            reports.add(report);
          }
        });
  }

  /// All at once, each for a tenant of its own; a closed engine has reported all traces.
  private static void generate(Engine engine, List<Integer> promptTokens, int maxTokens) {
    List<CollectingListener> listeners = new ArrayList<>();
    for (int length : promptTokens) {
      CollectingListener listener = new CollectingListener();
      engine.submit(request("tenant-" + length, length, maxTokens), listener);
      listeners.add(listener);
    }
    listeners.forEach(CollectingListener::awaitReport);
    // Behind the traces, which follow the reports.
    engine.apply(engine.placement()).join();
  }

  private static void generateOneByOne(Engine engine, int count) {
    for (int i = 0; i < count; i++) {
      generate(engine, List.of(2 + i % 3), 2);
    }
  }

  private static GenerationRequest request(String tenant, int promptTokens, int maxTokens) {
    int[] prompt = new SplittableRandom(promptTokens).ints(promptTokens, 5, 3000).toArray();
    return new GenerationRequest(
        Origin.of(tenant),
        prompt,
        maxTokens,
        Decoding.sampled(SamplingParameters.greedy()),
        Set.of(),
        true,
        -1,
        false);
  }

  private static long[][] counts(ExpertTrace trace, ExpertGrid grid) {
    long[][] counts = new long[Phase.values().length][grid.size()];
    for (int token = 0; token < trace.tokens(); token++) {
      for (int layer = 0; layer < trace.numLayers(); layer++) {
        int before = -1;
        for (int k = 0; k < trace.topK(); k++) {
          int expert = trace.expert(token, layer, k);
          assertThat(expert).isGreaterThan(before);
          counts[trace.phase(token).ordinal()][grid.indexOf(layer, expert)]++;
          before = expert;
        }
      }
    }
    return counts;
  }
}
