package io.fiddler.engine.load;

import io.fiddler.device.DeviceMemory;
import io.fiddler.device.MemoryPlan;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.step.KvStorage;
import io.fiddler.model.load.WeightSizes;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryKind;

/// How an engine would divide a device's memory, by the same arithmetic as when it is loaded, from
/// a model's configuration alone.
///
/// @param plan the division
/// @param kvCacheTokens positions the key/value cache holds
public record MemoryForecast(MemoryPlan plan, int kvCacheTokens) {
  /// How a GPU keeps keys and values of weights of a type.
  public static ElementType cacheTypeOnGpu(ElementType weights) {
    return weights == ElementType.BF16 ? ElementType.BF16 : ElementType.F32;
  }

  /// Divides.
  ///
  /// @param cacheType how the device keeps keys and values
  /// @param budgetBytes what the device's memory may hand out
  /// @param experts resident experts, if fixed; -1 for as many as fit
  /// @throws io.fiddler.device.DeviceMemoryException if it does not fit
  /// @throws io.fiddler.device.DeviceOptionsException if the model has fewer experts
  public static MemoryForecast of(
      WeightSizes sizes, Limits limits, ElementType cacheType, long budgetBytes, int experts) {
    ExpertFormat format = sizes.expertFormat();
    MemoryNeeds needs =
        MemoryNeeds.of(sizes.config(), format, limits, MemoryKind.DEVICE, cacheType, false);
    MemoryPlan.Demand demand =
        needs.demand(
            sizes.config(),
            sizes.denseBytes(DeviceMemory::aligned),
            CudaSide.scratchBytes(sizes.config(), format, needs),
            format,
            sizes.numExperts());
    return new MemoryForecast(
        MemoryPlan.of(budgetBytes, demand, experts), needs.kvBlocks() * KvStorage.BLOCK_TOKENS);
  }
}
