package io.fiddler.learning.simulation;

import io.fiddler.placement.simulation.Outcome;
import io.fiddler.placement.simulation.Outcome.Speed;
import io.fiddler.placement.simulation.SimulationResult;
import io.fiddler.placement.simulation.SimulationResult.CurvePoint;
import io.fiddler.placement.simulation.SimulationResult.Part;
import io.fiddler.placement.simulation.SimulationResult.PolicyOutcome;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answer to a what-if question. Hit rates are in [0, 1]; times are null without a latency
/// model.
///
/// @param model its name
/// @param fingerprint of it
/// @param traces all traffic that was used
/// @param planned the earlier part, which policies planned from
/// @param scored the later part, which everything was scored on
/// @param asked what was asked for
/// @param measured what was predicted for the service as it is, beside what it did; null where
///   there is no running service or it has done nothing yet
/// @param policies each policy with the capacity asked for
/// @param hindsight the best fixed placement, chosen with knowledge of the scored traffic
/// @param oracle the most hits any replacement could have had (Belady)
/// @param curve the asked policy, hindsight and the oracle by capacity
/// @param seconds how long the simulation took
public record SimulationReport(
    String model,
    String fingerprint,
    Traffic traces,
    Traffic planned,
    Traffic scored,
    Asked asked,
    @Nullable Measured measured,
    List<PolicyLine> policies,
    Line hindsight,
    Line oracle,
    List<Point> curve,
    double seconds) {
  public SimulationReport {
    policies = List.copyOf(policies);
    curve = List.copyOf(curve);
  }

  /// Traces.
  ///
  /// @param count how many
  /// @param tokens of them, prompts included
  /// @param from when the first ended
  /// @param to when the last ended
  public record Traffic(int count, long tokens, Instant from, Instant to) {
    static Traffic of(Part part) {
      return new Traffic(part.traces(), part.tokens(), part.from(), part.to());
    }
  }

  /// The question.
  ///
  /// @param memoryBytes device memory for the experts and everything else
  /// @param experts that it holds
  /// @param policy whose curve is drawn
  /// @param copy how many times as fast copies are
  /// @param host how many times as fast the CPU is
  /// @param concurrency requests at once
  public record Asked(
      long memoryBytes, int experts, String policy, double copy, double host, int concurrency) {}

  /// What was predicted.
  ///
  /// @param bytesPerToken weights copied to the device for a token
  /// @param missedBytesPerToken weights a token needed that were not there, whatever lane computed
  ///   them
  /// @param tokensPerSecond generated tokens
  /// @param promptTokensPerSecond prompt tokens in steps that only read prompts
  public record Line(
      double hitRate,
      double prefillHitRate,
      double decodeHitRate,
      double missedBytesPerToken,
      @Nullable Double bytesPerToken,
      @Nullable Double tokensPerSecond,
      @Nullable Double promptTokensPerSecond) {
    static Line of(Outcome outcome) {
      Speed speed = outcome.speed();
      return new Line(
          outcome.hitRate(),
          outcome.prefillHitRate(),
          outcome.decodeHitRate(),
          outcome.missedBytesPerToken(),
          speed == null ? null : speed.bytesPerToken(),
          speed == null ? null : speed.tokensPerSecond(),
          speed == null ? null : speed.promptTokensPerSecond());
    }
  }

  /// The same of a policy.
  public record PolicyLine(
      String policy,
      double hitRate,
      double prefillHitRate,
      double decodeHitRate,
      double missedBytesPerToken,
      @Nullable Double bytesPerToken,
      @Nullable Double tokensPerSecond,
      @Nullable Double promptTokensPerSecond) {
    static PolicyLine of(PolicyOutcome policy) {
      Line line = Line.of(policy.outcome());
      return new PolicyLine(
          policy.policy(),
          line.hitRate(),
          line.prefillHitRate(),
          line.decodeHitRate(),
          line.missedBytesPerToken(),
          line.bytesPerToken(),
          line.tokensPerSecond(),
          line.promptTokensPerSecond());
    }
  }

  /// A point of the curve. What an oracle misses it loads, so its bytes are those of its misses.
  public record Point(
      long memoryBytes,
      int experts,
      double hitRate,
      @Nullable Double bytesPerToken,
      @Nullable Double tokensPerSecond,
      double hindsightHitRate,
      double oracleHitRate,
      double oracleBytesPerToken,
      @Nullable Double oracleTokensPerSecond) {
    static Point of(SimulationBasis basis, CurvePoint point) {
      Line policy = Line.of(point.outcome());
      Line oracle = Line.of(point.oracle());
      return new Point(
          basis.memoryBytes(point.experts()),
          point.experts(),
          policy.hitRate(),
          policy.bytesPerToken(),
          policy.tokensPerSecond(),
          point.hindsight().hitRate(),
          oracle.hitRate(),
          oracle.missedBytesPerToken(),
          oracle.tokensPerSecond());
    }
  }

  /// Prediction and measurement of the service as it is: its resident experts with the traces since
  /// they were placed.
  ///
  /// @param placementVersion the placement in force
  /// @param since when its first step ended
  /// @param assignments what the measured hit rate is made of
  /// @param traces what the prediction is made of
  /// @param concurrency requests that decoded together on average, also in the prediction
  /// @param hitRate as counted
  /// @param predictedHitRate for the traces
  /// @param hitRateError predicted less measured
  /// @param tokensPerSecond as measured
  /// @param predictedTokensPerSecond for the traces
  /// @param tokensPerSecondError predicted over measured, less 1
  public record Measured(
      long placementVersion,
      Instant since,
      long assignments,
      int traces,
      int concurrency,
      double hitRate,
      double predictedHitRate,
      double hitRateError,
      @Nullable Double tokensPerSecond,
      @Nullable Double predictedTokensPerSecond,
      @Nullable Double tokensPerSecondError) {}

  static SimulationReport of(
      SimulationBasis basis,
      Asked asked,
      SimulationResult result,
      @Nullable Measured measured,
      double seconds) {
    Part planned = result.planned();
    Part scored = result.scored();
    return new SimulationReport(
        basis.modelName(),
        basis.fingerprint(),
        new Traffic(
            planned.traces() + scored.traces(),
            planned.tokens() + scored.tokens(),
            planned.from(),
            scored.to()),
        Traffic.of(planned),
        Traffic.of(scored),
        asked,
        measured,
        result.policies().stream().map(PolicyLine::of).toList(),
        Line.of(result.hindsight()),
        Line.of(result.oracle()),
        result.curve().stream().map(point -> Point.of(basis, point)).toList(),
        seconds);
  }
}
