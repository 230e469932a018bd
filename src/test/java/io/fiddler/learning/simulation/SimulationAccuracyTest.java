package io.fiddler.learning.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.Prompts;
import io.fiddler.engine.AssignmentCounts;
import io.fiddler.model.load.ModelSources;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.simulation.Outcome;
import io.fiddler.placement.simulation.Simulation;
import io.fiddler.placement.simulation.TimedTrace;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.usage.TraceRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Predictions beside measured runs: what an engine with 12 resident experts recorded predicts what
/// engines with other capacities do. Hit rates have to be equal, since the tokens are; times are
/// told, for `src/docs/simulation.md`.
final class SimulationAccuracyTest {
  private static final Logger LOG = LoggerFactory.getLogger(SimulationAccuracyTest.class);
  private static final List<Integer> CAPACITIES = List.of(0, 12, 24, 36, 48);
  private static final int CALIBRATED_AT = 12;
  private static final int ROUNDS = Integer.getInteger("fiddler.accuracy.rounds", 1);
  private static final int TOKENS = 24;

  @TempDir private Path home;

  @Test
  void hitRates_areThoseMeasured_forEveryCapacity() throws IOException {
    List<int[]> prompts = dictionary();
    SimulationBasis basis;
    List<TimedTrace> traces;
    try (MeasuredEngine engine = new MeasuredEngine(home, CALIBRATED_AT)) {
      measure(engine, prompts, 1);
      traces = engine.takeTraces().stream().map(SimulationAccuracyTest::timed).toList();
      for (int atOnce : List.of(4, 8)) {
        engine.run(prompts, TOKENS, atOnce); // so that larger steps are known, too
      }
      basis = engine.basis();
    }
    Simulation simulation =
        new Simulation(basis.model(), basis.machine(), HalfLives.DEFAULT, Map.of());
    LOG.info(
        "| resident | at once | hit rate | predicted | tokens/s, mean | typical | predicted | of typical |");
    for (int capacity : CAPACITIES) {
      try (MeasuredEngine engine = new MeasuredEngine(home, capacity)) {
        for (int atOnce : List.of(1, 4)) {
          measure(engine, prompts, atOnce);
          compare(engine, simulation, traces, atOnce);
        }
      }
    }
  }

  private static void measure(MeasuredEngine engine, List<int[]> prompts, int atOnce) {
    engine.run(prompts, TOKENS, atOnce);
    engine.countAnew();
    for (int round = 0; round < ROUNDS; round++) {
      engine.run(prompts, TOKENS, atOnce);
    }
  }

  private static void compare(
      MeasuredEngine engine, Simulation simulation, List<TimedTrace> traces, int atOnce) {
    AssignmentCounts counted =
        engine
            .engine()
            .assignmentsSincePlacement()
            .prefill()
            .plus(engine.engine().assignmentsSincePlacement().decode());
    Outcome predicted = simulation.replay(traces, engine.engine().residency().experts(), atOnce);

    assertThat(predicted.hitRate()).isCloseTo(counted.hitRate(), within(1e-9));
    double mean =
        Objects.requireNonNull(engine.meter().sincePlacement().orElseThrow().tokensPerSecond());
    double measured = Objects.requireNonNull(engine.meter().typicalTokensPerSecond());
    double tokens =
        Objects.requireNonNull(Objects.requireNonNull(predicted.speed()).tokensPerSecond());
    assertThat(tokens).isPositive().isFinite();
    LOG.info(
        String.format(
            Locale.ROOT,
            "| %d | %d | %.4f | %.4f | %.0f | %.0f | %.0f | %+.0f %% |",
            engine.engine().residency().size(),
            atOnce,
            counted.hitRate(),
            predicted.hitRate(),
            mean,
            measured,
            tokens,
            100 * (tokens / measured - 1)));
  }

  private static TimedTrace timed(TraceRecord record) {
    return new TimedTrace(record.createdAt(), record.tenant(), record.trace());
  }

  private List<int[]> dictionary() throws IOException {
    Path cache = home.resolve("models");
    Path tokenizerJson = ModelSources.of("tiny-moe", cache, 1).tokenizerFile().orElseThrow();
    try (Tokenizer tokenizer = Tokenizer.of(tokenizerJson, cache)) {
      return Prompts.of("dictionary").stream()
          .limit(16)
          .map(prompt -> tokenizer.encode(prompt, true))
          .toList();
    }
  }
}
