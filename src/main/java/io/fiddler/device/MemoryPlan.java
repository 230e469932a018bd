package io.fiddler.device;

import io.fiddler.tensor.ByteSize;

/// How a device's memory is divided: what must be there, and the experts that fit beside it. Pure.
///
/// @param budgetBytes what may be taken in all
/// @param demand what is to be placed
/// @param experts how many whole experts have a frame
public record MemoryPlan(long budgetBytes, Demand demand, int experts) {
  /// What a model needs on a device.
  ///
  /// @param denseBytes weights that are no expert's
  /// @param kvCacheBytes the key/value cache
  /// @param scratchBytes activations and workspaces
  /// @param numSlots slots that slices are streamed through
  /// @param slotBytes one slot
  /// @param numExperts experts of the model, over all layers
  /// @param expertBytes one expert
  public record Demand(
      long denseBytes,
      long kvCacheBytes,
      long scratchBytes,
      int numSlots,
      long slotBytes,
      int numExperts,
      long expertBytes) {
    /// What must be there whatever the number of resident experts.
    public long baseBytes() {
      return denseBytes + kvCacheBytes + scratchBytes + slotRingBytes();
    }

    private long slotRingBytes() {
      return SlotRing.sizeBytes(numSlots, slotBytes);
    }
  }

  /// Divides `budgetBytes`.
  ///
  /// @param fixedExperts how many experts are to be resident; -1 for as many as fit
  /// @throws DeviceMemoryException if what must be there, or the fixed number of experts, does not
  ///   fit
  /// @throws DeviceOptionsException if the fixed number is not one the model can have
  public static MemoryPlan of(long budgetBytes, Demand demand, int fixedExperts) {
    if (fixedExperts < -1 || fixedExperts > demand.numExperts()) {
      throw new DeviceOptionsException(
          "fiddler.device.experts must be -1 or in [0, %d], got %d"
              .formatted(demand.numExperts(), fixedExperts));
    }
    long left = budgetBytes - demand.baseBytes();
    if (left < 0) {
      throw baseDoesNotFit(budgetBytes, demand);
    }
    int fitting =
        (int) Math.min(demand.numExperts(), left / DeviceMemory.aligned(demand.expertBytes()));
    if (fixedExperts > fitting) {
      throw new DeviceMemoryException(
          "%d experts of %s do not fit: of %s of device memory %s are left for experts, enough for"
                  .formatted(
                      fixedExperts,
                      ByteSize.describe(demand.expertBytes()),
                      ByteSize.describe(budgetBytes),
                      ByteSize.describe(left))
              + " %d; lower fiddler.device.experts or raise fiddler.device.memory"
                  .formatted(fitting));
    }
    return new MemoryPlan(budgetBytes, demand, fixedExperts == -1 ? fitting : fixedExperts);
  }

  /// What will be in use.
  public long usedBytes() {
    return demand.baseBytes() + ExpertFrames.sizeBytes(experts, demand.expertBytes());
  }

  /// What stays unused: less than an expert, unless all are there or their number was fixed.
  public long freeBytes() {
    return budgetBytes - usedBytes();
  }

  private static DeviceMemoryException baseDoesNotFit(long budgetBytes, Demand demand) {
    return new DeviceMemoryException(
        "the model needs %s of device memory before any expert (dense weights %s, key/value cache"
                .formatted(
                    ByteSize.describe(demand.baseBytes()), ByteSize.describe(demand.denseBytes()))
            + " %s, scratch %s, %d slots %s), got %s; raise fiddler.device.memory"
                .formatted(
                    ByteSize.describe(demand.kvCacheBytes()),
                    ByteSize.describe(demand.scratchBytes()),
                    demand.numSlots(),
                    ByteSize.describe(demand.slotRingBytes()),
                    ByteSize.describe(budgetBytes)));
  }
}
