package io.fiddler.engine.load.device;

import io.fiddler.device.Device;
import io.fiddler.model.LoadProgress;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryKind;

/// A device whose kernels are the CPU's: `none`, which is the host itself, and `emulated`, which
/// has memory of its own.
record CpuSide(Device device) implements DeviceSide {
  @Override
  public boolean roundsActivations() {
    return false;
  }

  @Override
  public ElementType cacheType(ElementType attention) {
    return ElementType.F32;
  }

  @Override
  public long scratchBytes(ModelConfig config, ExpertFormat format, MemoryNeeds needs) {
    return 0;
  }

  @Override
  public boolean wantsPageLockedExperts() {
    return false;
  }

  @Override
  public AutoCloseable pageLock(ModelWeights weights, LoadProgress progress) {
    return () -> {};
  }

  @Override
  public DeviceKernels kernels(
      HostKernels host,
      ModelConfig config,
      ExpertFormat format,
      MemoryNeeds needs,
      Resources resources) {
    MemoryKind kind = device.memoryKind();
    return new DeviceKernels(
        kind == MemoryKind.HOST
            ? host.segments()
            : resources.own(host.set().segments(kind, host.workers())),
        null);
  }
}
