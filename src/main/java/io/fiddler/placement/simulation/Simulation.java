package io.fiddler.placement.simulation;

import io.fiddler.dispatch.StepBudget;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.ExpertTrace;
import io.fiddler.placement.FrequencyPolicy;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.placement.simulation.SimulationResult.CurvePoint;
import io.fiddler.placement.simulation.SimulationResult.Part;
import io.fiddler.placement.simulation.SimulationResult.PolicyOutcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Answers what-if questions about recorded traffic. Every run ends with a {@link
/// java.util.concurrent.CancellationException} soon after its thread was interrupted.
///
/// @param model whose traces they are
/// @param machine as it is
/// @param halfLives for policies that forget
/// @param policies by name
public record Simulation(
    SimulatedModel model,
    SimulatedMachine machine,
    HalfLives halfLives,
    Map<String, PlacementPolicy> policies) {
  /// Steps of the curve.
  private static final int CURVE_STEPS = 12;

  private static final PlacementPolicy MOST_CHOSEN = new FrequencyPolicy();

  public Simulation {
    policies = Map.copyOf(policies);
  }

  /// Plans from the earlier half of the traces and scores on the later one.
  ///
  /// @param traces at least two, in any order
  /// @throws IllegalArgumentException if there are fewer, they are of another model, or there is no
  ///   such policy
  public SimulationResult run(List<TimedTrace> traces, SimulationQuestion question) {
    PlacementPolicy asked = policies.get(question.policy());
    if (asked == null) {
      throw new IllegalArgumentException(
          "policy must be one of %s, got %s"
              .formatted(String.join(", ", new TreeSet<>(policies.keySet())), question.policy()));
    }
    WalkForward split = WalkForward.of(traces);
    SimulatedMachine faster = machine.faster(question.copy(), question.host());
    Scored scored = new Scored(faster, tracesOf(split.after()), question.concurrency());
    PastActivations past = split.past(model, halfLives);
    PastActivations future = PastActivations.of(split.counted(model));
    int experts = Math.min(question.experts(), model.grid().size());
    List<PolicyOutcome> byPolicy = new ArrayList<>();
    new TreeMap<>(policies)
        .forEach((name, policy) ->
            byPolicy.add(
                new PolicyOutcome(name, scored.with(experts, policy.plan(past, experts)))));
    List<CurvePoint> curve = new ArrayList<>();
    for (int capacity : capacities(experts)) {
      curve.add(
          new CurvePoint(
              capacity,
              scored.with(capacity, asked.plan(past, capacity)),
              scored.with(capacity, MOST_CHOSEN.plan(future, capacity)),
              scored.withOracle(capacity)));
    }
    CurvePoint here =
        curve.stream().filter(point -> point.experts() == experts).findFirst().orElseThrow();
    return new SimulationResult(
        Part.of(split.before()),
        Part.of(split.after()),
        experts,
        byPolicy,
        here.hindsight(),
        here.oracle(),
        curve);
  }

  /// What a fixed set of experts would do with all of `traces`: for comparing with what was
  /// measured.
  public Outcome replay(List<TimedTrace> traces, Collection<ExpertId> resident, int concurrency) {
    return new Scored(machine, tracesOf(traces), concurrency).with(resident);
  }

  private static List<ExpertTrace> tracesOf(List<TimedTrace> traces) {
    return traces.stream().map(TimedTrace::trace).toList();
  }

  /// A dozen from none to all, and the one asked for.
  private TreeSet<Integer> capacities(int asked) {
    TreeSet<Integer> capacities = new TreeSet<>();
    capacities.add(asked);
    for (int step = 0; step <= CURVE_STEPS; step++) {
      capacities.add(Math.round((float) step * model.grid().size() / CURVE_STEPS));
    }
    return capacities;
  }

  /// The traffic that is scored. How it is cut into steps depends on the capacity, seldom much.
  private final class Scored {
    private final SimulatedMachine machine;
    private final List<ExpertTrace> traces;
    private final int concurrency;
    private final Replay replay;
    private @Nullable StepBudget budget;
    private @Nullable Workload workload;

    Scored(SimulatedMachine machine, List<ExpertTrace> traces, int concurrency) {
      this.machine = machine;
      this.traces = traces;
      this.concurrency = concurrency;
      this.replay = new Replay(model, machine);
    }

    Outcome with(int capacity, Placement placement) {
      return with(placement.expertIds().stream().limit(capacity).toList());
    }

    Outcome with(Collection<ExpertId> resident) {
      return replay.run(workload(resident.size()), Holder.of(model.grid(), resident));
    }

    Outcome withOracle(int capacity) {
      Workload steps = workload(capacity);
      return replay.run(steps, new Oracle(steps, capacity));
    }

    private Workload workload(int capacity) {
      StepBudget now = machine.budget(model, capacity);
      if (workload == null || !now.equals(budget)) {
        budget = now;
        workload = Workload.of(model, traces, concurrency, now);
      }
      return workload;
    }
  }
}
