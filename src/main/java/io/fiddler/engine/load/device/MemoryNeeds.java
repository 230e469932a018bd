package io.fiddler.engine.load.device;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceMemory;
import io.fiddler.device.MemoryPlan;
import io.fiddler.device.MemoryPlan.Demand;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.step.DeviceModel;
import io.fiddler.engine.step.SliceSums;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.engine.step.StreamShape;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryKind;

/// The sizes of an engine's buffers, from the model and the limits.
///
/// @param cache the key/value cache
/// @param buffers the activations
/// @param stream the slots that slices are streamed through
public record MemoryNeeds(CacheNeeds cache, StepBuffers.Shape buffers, StreamShape stream) {
  /// Rows of a step of which all experts can be split where each slice takes room of its own: an
  /// emulated device, on which a larger step computes the same bits unsplit.
  private static final int ONE_BY_ONE_ROWS = 64;

  /// What a model needs.
  ///
  /// @param kind in which kind of memory the device computes
  /// @param cacheType what its kernels keep the cache in
  /// @param splits how experts are split between the lanes
  public static MemoryNeeds of(
      ModelConfig config,
      ExpertFormat format,
      Limits limits,
      MemoryKind kind,
      ElementType cacheType,
      Splits splits) {
    MixtureOfExperts moe = (MixtureOfExperts) config.layers().getFirst().mlp();
    int topK = moe.numExpertsPerToken();
    int splitParts = splits.parts(limits.maxStepTokens(), topK, format.numSlices());
    return new MemoryNeeds(
        CacheNeeds.of(config, format.expertSizeBytes(), limits, kind, cacheType),
        new StepBuffers.Shape(
            limits.maxStepTokens(), config.hiddenSize(), topK, splits.sums(), splitParts),
        StreamShape.of(format));
  }

  /// How experts are split between host and device.
  ///
  /// @param sums how the device's slices are added to the host's
  /// @param every whether every expert may be, else the one at which the lanes' shares meet
  public record Splits(SliceSums sums, boolean every) {
    /// Rows for the device's share in the largest step. Together, a row of an expert is one row
    /// however many of its slices are streamed, so there is room for whatever is split: what a
    /// split expert computes never depends on how much else the step has.
    int parts(int maxRows, int topK, int numSlices) {
      int rows =
          switch (sums) {
            case TOGETHER -> every ? maxRows * topK : maxRows;
            case ONE_BY_ONE -> Math.min(maxRows, ONE_BY_ONE_ROWS) * topK;
          };
      return sums.parts(rows, numSlices - 1);
    }
  }

  /// How many experts the device can hold beside everything else.
  ///
  /// @param fixed how many are asked for; -1 for as many as fit
  /// @throws io.fiddler.device.DeviceMemoryException if it does not fit
  public int expertCapacity(
      DeviceSide side, ModelWeights weights, ExpertFormat format, int numExperts, int fixed) {
    Device device = side.device();
    if (device.memoryKind() == MemoryKind.HOST) {
      return 0;
    }
    Demand demand =
        demand(
            weights.config(),
            DeviceModel.denseBytes(weights),
            side.scratchBytes(weights.config(), format, this),
            format,
            numExperts);
    return MemoryPlan.of(device.memory().budgetBytes(), demand, fixed).experts();
  }

  /// What all of it takes on a device.
  ///
  /// @param denseBytes weights that are no expert's
  /// @param kernelBytes scratch of the device's kernels
  Demand demand(
      ModelConfig config, long denseBytes, long kernelBytes, ExpertFormat format, int numExperts) {
    return new Demand(
        denseBytes,
        DeviceMemory.aligned(cache.bytes(config)),
        DeviceMemory.aligned(buffers.deviceBytes()) + DeviceMemory.aligned(kernelBytes),
        stream.numSlots(),
        stream.slotBytes(format),
        numExperts,
        format.expertSizeBytes());
  }
}
