package io.fiddler.placement.simulation;

import io.fiddler.dispatch.LatencyCurve;
import io.fiddler.dispatch.LatencyDispatcher;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.dispatch.StepBudget;
import io.fiddler.dispatch.UniformSplit;
import java.util.Optional;

/// The machine whose steps are predicted.
///
/// @param latency what experts cost on it; none where that was never measured, and then no times
///   are predicted
/// @param deviceOnHost whether the device computes on the CPU's own threads, as an emulated one
///   does: then host and device cannot compute at once
/// @param uniformSplit whether every expert is split at one place (`fiddler.dispatch.reproducible`)
/// @param rest what a step takes beside its experts
/// @param maxStepTokens most rows of a step (`fiddler.engine.max-step-tokens`)
/// @param maxRunning most sequences in a step (`fiddler.engine.max-running`)
public record SimulatedMachine(
    Optional<LatencyModel> latency,
    boolean deviceOnHost,
    boolean uniformSplit,
    StepRest rest,
    int maxStepTokens,
    int maxRunning) {
  public SimulatedMachine {
    if (maxRunning < 1 || maxStepTokens < maxRunning) {
      throw new IllegalArgumentException(
          "a machine needs at least 1 running sequence and a token of a step for each, got %d and %d"
              .formatted(maxRunning, maxStepTokens));
    }
  }

  /// A machine that copies and computes on the host so many times as fast.
  ///
  /// @param copy above zero; 1 for as it is
  /// @param host the same
  public SimulatedMachine faster(double copy, double host) {
    if (!(copy > 0) || !(host > 0) || copy + host == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "speed factors must be finite and above 0, got %s and %s".formatted(copy, host));
    }
    return new SimulatedMachine(
        latency.map(model ->
            new LatencyModel(
                faster(model.hostNanos(), host), model.deviceNanos(), model.copyNanos() / copy)),
        deviceOnHost,
        uniformSplit,
        rest,
        maxStepTokens,
        maxRunning);
  }

  private static LatencyCurve faster(LatencyCurve curve, double factor) {
    return new LatencyCurve(
        curve.points().stream()
            .map(point -> new LatencyCurve.Point(point.rows(), point.nanos() / factor))
            .toList());
  }

  /// What a layer's experts cost on it; empty without a latency model.
  Optional<LayerCosts> costs(int numSlices) {
    return latency.map(model ->
        new LayerCosts(
            model,
            uniformSplit ? UniformSplit.of(model, numSlices) : new LatencyDispatcher(model),
            numSlices,
            deviceOnHost));
  }

  /// How prompts are cut into steps with so many resident experts, as the engine does it.
  StepBudget budget(SimulatedModel model, int residentExperts) {
    StepBudget budget =
        StepBudget.of(
            latency,
            new StepBudget.Experts(
                model.layers().length,
                model.mostExperts(),
                model.topK(),
                model.numSlices(),
                residentExperts),
            maxStepTokens);
    return new StepBudget(Math.max(budget.alone(), maxRunning), budget.besideDecodes());
  }
}
