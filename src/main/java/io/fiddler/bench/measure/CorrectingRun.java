package io.fiddler.bench.measure;

import io.fiddler.bench.measure.ScenarioRun.Effort;
import io.fiddler.bench.report.CorrectingReport;
import io.fiddler.bench.report.Spread;
import io.fiddler.engine.load.FiddlerEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Measures what it costs decoding that experts are exchanged meanwhile: rounds with and without,
/// in turns and with the same prompts.
public final class CorrectingRun {
  /// Prompts of these rounds; apart from those of others.
  private static final long FIRST_SEED = 1L << 40;

  private final FiddlerEngine engine;
  private final StepLog log;
  private final Effort effort;
  private final long maxBytesPerSecond;

  /// @param log the engine's listener
  /// @param maxBytesPerSecond copied at most
  public CorrectingRun(FiddlerEngine engine, StepLog log, Effort effort, long maxBytesPerSecond) {
    this.engine = engine;
    this.log = log;
    this.effort = effort;
    this.maxBytesPerSecond = maxBytesPerSecond;
  }

  /// Rounds with an exchange under way.
  private static final class Exchanges {
    final List<Round> rounds = new ArrayList<>();
    int experts;
    long copiedBytes;
    double seconds;
  }

  /// Measures a scenario; null if it decodes nothing, no expert can be exchanged, or the time was
  /// too short.
  public @Nullable CorrectingReport run(Scenario scenario) {
    if (!ExpertExchange.isPossible(engine)) {
      return null;
    }
    long deadline = System.nanoTime() + effort.seconds() * 1_000_000_000L;
    List<Round> without = new ArrayList<>();
    Exchanges with = new Exchanges();
    boolean cut = false;
    for (int i = 0; i < effort.rounds() && !cut; i++) {
      long seed = FIRST_SEED + i;
      Function<Boolean, Round> round =
          exchanging ->
              exchanging
                  ? exchanging(with, scenario, seed, deadline)
                  : Round.run(engine, log, scenario, seed, deadline);
      // Turns change, so that what comes first in a pair is not always the same.
      Round first = round.apply(i % 2 == 1);
      Round second = round.apply(i % 2 == 0);
      cut = first.cut() || second.cut();
      if (!cut) {
        without.add(i % 2 == 1 ? second : first);
        with.rounds.add(i % 2 == 1 ? first : second);
      }
    }
    DecodeSteps plain = DecodeSteps.of(scenario, without);
    DecodeSteps exchanging = DecodeSteps.of(scenario, with.rounds);
    Spread plainSeconds = Spread.of(plain.seconds());
    Spread exchangingSeconds = Spread.of(exchanging.seconds());
    if (plainSeconds == null || exchangingSeconds == null) {
      return null;
    }
    return new CorrectingReport(
        maxBytesPerSecond,
        plainSeconds,
        exchangingSeconds,
        StepTotals.of(plain.steps()).assignments().hitRate(),
        StepTotals.of(exchanging.steps()).assignments().hitRate(),
        with.experts,
        with.copiedBytes,
        with.copiedBytes / with.seconds);
  }

  private Round exchanging(Exchanges with, Scenario scenario, long seed, long deadline) {
    long bytesBefore = copiedBytes();
    long begin = System.nanoTime();
    Round round;
    try (ExpertExchange exchange = new ExpertExchange(engine, maxBytesPerSecond)) {
      round = Round.run(engine, log, scenario, seed, deadline);
      with.seconds += (System.nanoTime() - begin) / 1e9;
      with.copiedBytes += copiedBytes() - bytesBefore;
      with.experts += exchange.exchanged();
    }
    return round;
  }

  private long copiedBytes() {
    return engine.measure(parts -> parts.resident().copiedBytes());
  }
}
