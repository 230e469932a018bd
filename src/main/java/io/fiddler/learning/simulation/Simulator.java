package io.fiddler.learning.simulation;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.Engine;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.placement.simulation.Outcome;
import io.fiddler.placement.simulation.Outcome.Speed;
import io.fiddler.placement.simulation.Simulation;
import io.fiddler.placement.simulation.SimulationQuestion;
import io.fiddler.placement.simulation.SimulationResult;
import io.fiddler.placement.simulation.TimedTrace;
import io.fiddler.usage.TraceRecord;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Answers what-if questions from a basis and traces, on the calling thread, which may be
/// interrupted.
///
/// @param policies all there are
public record Simulator(PolicyCatalogue policies) {
  /// So many choices of experts are replayed within a few seconds for all points of a curve; models
  /// with many experts a token have them in fewer tokens.
  private static final long MOST_CHOICES = 8_000_000;

  /// Tokens of a model that are simulated at most.
  ///
  /// @param configured `fiddler.simulation.max-tokens`
  public static long maxTokens(SimulationBasis basis, long configured) {
    long layers = basis.expertsOfLayer().stream().filter(experts -> experts > 0).count();
    return Math.max(1, Math.min(configured, MOST_CHOICES / (layers * basis.topK())));
  }

  /// The steps that were measured, and with which experts.
  ///
  /// @param engine the running one
  /// @param totals what it did
  public record Running(Engine engine, StepMeter.Totals totals) {}

  /// Answers a question.
  ///
  /// @param records traces of the model, in any order
  /// @param running what to compare with; null for nothing
  /// @throws NoTracesException if there are too few traces
  /// @throws IllegalArgumentException with one sentence if the question is wrong
  /// @throws java.util.concurrent.CancellationException if the thread was interrupted
  public SimulationReport answer(
      SimulationBasis basis, List<TraceRecord> records, WhatIf whatIf, @Nullable Running running) {
    long start = System.nanoTime();
    String asked = whatIf.policy().orElse(policies.usual());
    Simulation simulation =
        new Simulation(basis.model(), basis.machine(), policies.halfLives(), policies(asked));
    SimulationQuestion question =
        new SimulationQuestion(
            whatIf.experts(basis), asked, whatIf.copy(), whatIf.host(), whatIf.concurrency());
    if (records.size() < 2) {
      throw NoTracesException.of(records.size());
    }
    List<TimedTrace> traces = records.stream().map(Simulator::timed).toList();
    SimulationResult result = simulation.run(traces, question);
    return SimulationReport.of(
        basis,
        new SimulationReport.Asked(
            basis.memoryBytes(result.experts()),
            result.experts(),
            asked,
            question.copy(),
            question.host(),
            question.concurrency()),
        result,
        running == null ? null : measured(simulation, traces, running),
        (System.nanoTime() - start) / 1e9);
  }

  private Map<String, PlacementPolicy> policies(String asked) {
    Map<String, PlacementPolicy> byName = new TreeMap<>();
    PolicyCatalogue.names().forEach(name -> byName.put(name, policies.policy(name)));
    byName.put(asked, policies.policy(asked));
    return byName;
  }

  private static TimedTrace timed(TraceRecord record) {
    return new TimedTrace(record.createdAt(), record.tenant(), record.trace());
  }

  /// What the experts resident now would do with the traces since they were placed.
  private static SimulationReport.@Nullable Measured measured(
      Simulation simulation, List<TimedTrace> traces, Running running) {
    StepMeter.Totals totals = running.totals();
    List<TimedTrace> since =
        traces.stream().filter(one -> !one.at().isBefore(totals.since())).toList();
    PhaseAssignments phases = running.engine().assignmentsSincePlacement();
    AssignmentCounts counted = phases.prefill().plus(phases.decode());
    if (since.isEmpty() || counted.total() == 0) {
      return null;
    }
    Outcome predicted =
        simulation.replay(since, running.engine().residency().experts(), totals.concurrency());
    Speed speed = predicted.speed();
    Double tokens = totals.tokensPerSecond();
    Double predictedTokens = speed == null ? null : speed.tokensPerSecond();
    return new SimulationReport.Measured(
        totals.placementVersion(),
        totals.since(),
        counted.total(),
        since.size(),
        totals.concurrency(),
        counted.hitRate(),
        predicted.hitRate(),
        predicted.hitRate() - counted.hitRate(),
        tokens,
        predictedTokens,
        tokens == null || predictedTokens == null ? null : predictedTokens / tokens - 1);
  }
}
