package io.fiddler.learning.simulation;

import io.fiddler.dispatch.LatencyModel;
import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.LatencyReport;
import io.fiddler.engine.ModelSummary;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.simulation.SimulatedMachine;
import io.fiddler.placement.simulation.SimulatedModel;
import io.fiddler.placement.simulation.StepRest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What simulations need to know of a service: its model and its machine. Also kept in a file, for
/// simulations without the service.
///
/// @param at when it was so
/// @param modelName for people
/// @param fingerprint of the model
/// @param device kind of the device
/// @param expertsOfLayer experts of each layer, 0 where there are none
/// @param topK experts a token and layer
/// @param expertBytes bytes of one expert
/// @param numSlices slices an expert can be split into
/// @param fixedBytes device memory that is not for experts
/// @param capacity experts the device can hold
/// @param latency what experts cost; null where that was never measured
/// @param uniformSplit whether experts are split at one place
/// @param rest what steps take beside their experts
/// @param maxStepTokens most rows of a step
/// @param maxRunning most sequences in a step
public record SimulationBasis(
    Instant at,
    String modelName,
    String fingerprint,
    String device,
    List<Integer> expertsOfLayer,
    int topK,
    long expertBytes,
    int numSlices,
    long fixedBytes,
    int capacity,
    @Nullable LatencyModel latency,
    boolean uniformSplit,
    StepRest rest,
    int maxStepTokens,
    int maxRunning) {
  /// Computes on the CPU's threads.
  private static final String EMULATED = "emulated";

  public SimulationBasis {
    expertsOfLayer = List.copyOf(expertsOfLayer);
  }

  /// Of a loaded engine.
  ///
  /// @throws io.fiddler.engine.EngineNotReadyException if it is not ready
  public static SimulationBasis of(Engine engine, StepRest rest, Limits limits, Instant now) {
    ModelSummary model = engine.model();
    DeviceSummary device = engine.device();
    Optional<LatencyReport> latency = engine.latency();
    ExpertGrid grid = model.grid();
    long layers = IntStream.range(0, grid.numLayers()).filter(i -> grid.numExperts(i) > 0).count();
    return new SimulationBasis(
        now,
        model.name(),
        model.fingerprint(),
        device.kind(),
        IntStream.range(0, grid.numLayers()).mapToObj(grid::numExperts).toList(),
        Math.toIntExact(model.expertsPerToken() / Math.max(1, layers)),
        model.expertSizeBytes(),
        model.expertSlices(),
        Math.max(0, device.usedBytes() - device.expertCapacity() * model.expertSizeBytes()),
        device.expertCapacity(),
        latency.map(LatencyReport::inForce).orElse(null),
        latency.map(LatencyReport::frozen).orElse(false),
        rest,
        limits.maxStepTokens(),
        limits.maxRunning());
  }

  /// The model.
  public SimulatedModel model() {
    return new SimulatedModel(new ExpertGrid(expertsOfLayer), topK, expertBytes, numSlices);
  }

  /// The machine.
  public SimulatedMachine machine() {
    return new SimulatedMachine(
        Optional.ofNullable(latency),
        device.equals(EMULATED),
        uniformSplit,
        rest,
        maxStepTokens,
        maxRunning);
  }

  /// Experts that fit so much device memory beside what else has to be there; at most all.
  ///
  /// @throws IllegalArgumentException if not even that fits
  public int expertsIn(long memoryBytes) {
    if (memoryBytes < fixedBytes) {
      throw new IllegalArgumentException(
          "memory must be at least the %d bytes that are needed beside the experts, got %d"
              .formatted(fixedBytes, memoryBytes));
    }
    int all = expertsOfLayer.stream().mapToInt(Integer::intValue).sum();
    return (int) Math.min(all, (memoryBytes - fixedBytes) / expertBytes);
  }

  /// Device memory that so many experts and everything else need.
  public long memoryBytes(int experts) {
    return fixedBytes + experts * expertBytes;
  }
}
