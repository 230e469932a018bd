package io.fiddler.placement.simulation;

import java.time.Instant;
import java.util.List;

/// What a simulation found.
///
/// @param planned the traffic that policies planned from
/// @param scored the later traffic that everything was scored on, the oracle, too
/// @param experts the capacity asked for, at most all
/// @param policies what each policy's placement would have done with that capacity
/// @param hindsight the same of the best placement that stays as it is, chosen with knowledge of
///   the scored traffic
/// @param oracle the same of {@link Oracle who knows the future} and may replace
/// @param curve the same by capacity, from none to all, for the policy asked for
public record SimulationResult(
    Part planned,
    Part scored,
    int experts,
    List<PolicyOutcome> policies,
    Outcome hindsight,
    Outcome oracle,
    List<CurvePoint> curve) {
  public SimulationResult {
    policies = List.copyOf(policies);
    curve = List.copyOf(curve);
  }

  /// Some of the traces.
  ///
  /// @param traces how many
  /// @param tokens of all of them, prompts included
  /// @param from when the first ended
  /// @param to when the last ended
  public record Part(int traces, long tokens, Instant from, Instant to) {
    static Part of(List<TimedTrace> traces) {
      return new Part(
          traces.size(),
          traces.stream().mapToLong(one -> one.trace().tokens()).sum(),
          traces.getFirst().at(),
          traces.getLast().at());
    }
  }

  /// A policy's.
  ///
  /// @param policy its name
  /// @param outcome with its placement
  public record PolicyOutcome(String policy, Outcome outcome) {}

  /// A capacity's.
  ///
  /// @param experts resident
  /// @param outcome of the policy asked for
  /// @param hindsight of the best fixed placement
  /// @param oracle of who knows the future
  public record CurvePoint(int experts, Outcome outcome, Outcome hindsight, Outcome oracle) {}
}
