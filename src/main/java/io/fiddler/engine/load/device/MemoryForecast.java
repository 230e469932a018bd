package io.fiddler.engine.load.device;

import io.fiddler.device.DeviceMemory;
import io.fiddler.device.MemoryPlan;
import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.load.device.MemoryNeeds.Splits;
import io.fiddler.engine.residency.FrameLoans;
import io.fiddler.engine.step.SliceSums;
import io.fiddler.kernel.cuda.CudaSegments;
import io.fiddler.model.load.WeightSizes;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.MemoryKind;

/// How an engine would divide a device's memory, by the same arithmetic as when it is loaded, from
/// a model's configuration alone.
///
/// @param plan the division
/// @param kvCacheTokens positions the key/value cache always holds
/// @param loans what it may borrow of the experts
public record MemoryForecast(MemoryPlan plan, int kvCacheTokens, FrameLoans.Terms loans) {
  /// Divides the memory of a GPU.
  ///
  /// @param budgetBytes what the device's memory may hand out
  /// @param experts resident experts, if fixed; -1 for as many as fit
  /// @throws io.fiddler.device.DeviceMemoryException if it does not fit
  /// @throws io.fiddler.device.DeviceOptionsException if the model has fewer experts
  public static MemoryForecast onGpu(
      WeightSizes sizes, Limits limits, long budgetBytes, int experts) {
    MemoryNeeds needs =
        needs(sizes, limits, CudaSegments.cacheType(sizes.type()), SliceSums.TOGETHER);
    // Beside a CPU with tiles; without, the kernels need a slice less.
    ExpertFormat rowMajor = sizes.expertFormat();
    ExpertFormat format =
        rowMajor.allows(Tiling.AMX_TILES) ? rowMajor.with(Tiling.AMX_TILES) : rowMajor;
    long kernelBytes = CudaSide.scratchOfAny(sizes.config(), format, needs);
    return divide(sizes, needs, kernelBytes, budgetBytes, experts);
  }

  /// The same of an emulated device, whose kernels keep nothing there.
  public static MemoryForecast emulated(
      WeightSizes sizes, Limits limits, long budgetBytes, int experts) {
    return divide(
        sizes,
        needs(sizes, limits, ElementType.F32, SliceSums.ONE_BY_ONE),
        0,
        budgetBytes,
        experts);
  }

  /// Positions the cache holds when it has borrowed what it may.
  public long mostKvCacheTokens() {
    return kvCacheTokens + (long) loans.blocks() * CacheRoom.BLOCK_TOKENS;
  }

  private static MemoryNeeds needs(
      WeightSizes sizes, Limits limits, ElementType cacheType, SliceSums sums) {
    return MemoryNeeds.of(
        sizes.config(),
        sizes.expertFormat(),
        limits,
        MemoryKind.DEVICE,
        cacheType,
        new Splits(sums, false));
  }

  private static MemoryForecast divide(
      WeightSizes sizes, MemoryNeeds needs, long kernelBytes, long budgetBytes, int experts) {
    MemoryPlan.Demand demand =
        needs.demand(
            sizes.config(),
            sizes.denseBytes(DeviceMemory::aligned),
            kernelBytes,
            sizes.expertFormat(),
            sizes.numExperts());
    MemoryPlan plan = MemoryPlan.of(budgetBytes, demand, experts);
    return new MemoryForecast(
        plan,
        needs.cache().blocks() * CacheRoom.BLOCK_TOKENS,
        needs.cache().terms(plan.experts(), demand.expertBytes()));
  }
}
