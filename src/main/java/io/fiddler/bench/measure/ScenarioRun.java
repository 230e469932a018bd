package io.fiddler.bench.measure;

import io.fiddler.bench.probe.ProbeOptions;
import io.fiddler.bench.report.Limit;
import io.fiddler.bench.report.ScenarioReport;
import io.fiddler.bench.report.ScenarioReport.PhaseReport;
import io.fiddler.bench.report.Spread;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.engine.timeline.LaneInterval;
import io.fiddler.engine.timeline.TraceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Measures scenarios, one after the other: rounds that warm up, measured rounds, and after these
/// what the machine allows for them.
public final class ScenarioRun {
  /// Tokens enough to see every kernel once.
  private static final int WARM_UP_TOKENS = 4;

  /// Steps in a trace, the prompt's included.
  private static final int TRACED_STEPS = 8;

  private final FiddlerEngine engine;
  private final StepLog log;
  private final Effort effort;
  private final LimitProbe limits;
  private final @Nullable Path traces;
  private final @Nullable CorrectingRun correcting;
  private long seed;

  /// How much is measured.
  ///
  /// @param warmUps rounds of a few tokens that do not count
  /// @param rounds measured rounds
  /// @param seconds after which a scenario begins no further round, and ends the current one
  /// @param probes for the limits
  public record Effort(int warmUps, int rounds, int seconds, ProbeOptions probes) {}

  /// @param log the engine's listener
  /// @param traces folder for a trace of a few steps of each scenario; null for none
  /// @param correcting what measures decoding while experts are exchanged; null for nothing
  public ScenarioRun(
      FiddlerEngine engine,
      StepLog log,
      Effort effort,
      @Nullable Path traces,
      @Nullable CorrectingRun correcting) {
    this.correcting = correcting;
    this.traces = traces;
    this.engine = engine;
    this.log = log;
    this.effort = effort;
    this.limits = new LimitProbe(engine, effort.probes());
  }

  /// Measures one.
  public ScenarioReport run(Scenario scenario) {
    Scenario warmUp = scenario.withNewTokens(WARM_UP_TOKENS);
    long start = System.nanoTime();
    long deadline = start + effort.seconds() * 1_000_000_000L;
    boolean cut = false;
    for (int i = 0; i < effort.warmUps() && !cut; i++) {
      cut = Round.run(engine, log, warmUp, seed++, deadline).cut();
    }
    List<Round> rounds = new ArrayList<>();
    for (int i = 0; i < effort.rounds() && !cut; i++) {
      Round round = Round.run(engine, log, scenario, seed++, deadline);
      rounds.add(round);
      cut = round.cut();
    }
    if (traces != null && !cut) {
      trace(scenario, traces, deadline);
    }
    return new ScenarioReport(
        scenario.name(),
        scenario.requests(),
        scenario.promptTokens(),
        scenario.newTokens(),
        scenario.beams(),
        rounds.size(),
        cut,
        Spread.of(rounds.stream().flatMap(round -> round.firstTokenSeconds().stream()).toList()),
        prefill(scenario, rounds),
        decode(scenario, rounds),
        correcting == null || cut ? null : correcting.run(scenario));
  }

  /// Its first steps, in a round of their own, since recording every step slows them.
  private void trace(Scenario scenario, Path folder, long deadline) {
    int steps = scenario.newTokens() == 1 ? 1 : TRACED_STEPS;
    CompletableFuture<List<LaneInterval>> trace = engine.trace(steps);
    Scenario traced = scenario.withNewTokens(2 * TRACED_STEPS);
    Round.run(engine, log, traced, seed++, deadline);
    if (!trace.isDone()) {
      trace.cancel(false);
      return;
    }
    Path file = folder.resolve(scenario.name().replaceAll("[^A-Za-z0-9]+", "-") + ".json");
    try {
      Files.createDirectories(folder);
      TraceFile.write(file, trace.join());
    } catch (IOException e) {
      throw new UncheckedIOException("the trace cannot be written to " + file, e);
    }
  }

  /// The whole prompts of each round. What is compared with the limit is the time to the first
  /// token, of one request alone: several take turns.
  private @Nullable PhaseReport prefill(Scenario scenario, List<Round> rounds) {
    int prompts = scenario.requests() * scenario.promptTokens();
    List<Round> whole =
        rounds.stream().filter(round -> PrefillSteps.of(round).rows() == prompts).toList();
    if (whole.isEmpty()) {
      return null;
    }
    List<TimedStep> steps =
        whole.stream().flatMap(round -> PrefillSteps.of(round).steps().stream()).toList();
    ToDoubleFunction<Round> seconds =
        round ->
            scenario.requests() == 1
                ? round.firstTokenSeconds().getFirst()
                : PrefillSteps.of(round).seconds();
    List<Double> times = whole.stream().map(seconds::applyAsDouble).toList();
    Limit limit =
        scenario.requests() == 1
            ? limits.measure(
                StepTotals.of(steps), whole.size(), PrefillSteps.of(whole.getFirst()).passes())
            : null;
    return phase(steps, whole.size(), prompts, times, limit);
  }

  private @Nullable PhaseReport decode(Scenario scenario, List<Round> rounds) {
    DecodeSteps decoded = DecodeSteps.of(scenario, rounds);
    List<TimedStep> steps = decoded.steps();
    if (steps.isEmpty()) {
      return null;
    }
    int context = scenario.promptTokens() + Math.ceilDiv(scenario.newTokens(), 2);
    Limit limit =
        limits.measure(
            StepTotals.of(steps),
            steps.size(),
            List.of(new LimitProbe.DensePass(scenario.sequences(), 1, context)));
    return phase(steps, steps.size(), scenario.requests(), decoded.seconds(), limit);
  }

  /// @param per rounds, or steps, that were measured
  /// @param tokens of each
  /// @param seconds of each
  private static PhaseReport phase(
      List<TimedStep> steps, int per, int tokens, List<Double> seconds, @Nullable Limit limit) {
    StepTotals totals = StepTotals.of(steps);
    Spread time = spread(seconds);
    return new PhaseReport(
        spread(seconds.stream().map(one -> tokens / one).toList()),
        time,
        (double) steps.size() / per,
        totals.assignments().hitRate(),
        (double) totals.touched().missed() / per,
        totals.rowsPerMissed(),
        (double) totals.streamedBytes() / per / tokens,
        LaneTimes.of(steps, per),
        limit,
        limit == null ? null : limit.ratio(time.median()));
  }

  private static Spread spread(List<Double> values) {
    Spread spread = Spread.of(values);
    if (spread == null) {
      throw new IllegalArgumentException("a spread needs at least one value");
    }
    return spread;
  }
}
