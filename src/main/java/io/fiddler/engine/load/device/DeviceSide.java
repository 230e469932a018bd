package io.fiddler.engine.load.device;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.device.Device;
import io.fiddler.model.LoadProgress;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;

/// What loading an engine asks of a device beyond the contract of {@link Device}: the one place
/// where kinds of devices differ.
public sealed interface DeviceSide permits CpuSide, CudaSide {
  /// What goes with `device`, which stays the caller's.
  ///
  /// @param batchInvariant whether a row's results must not depend on the rows beside it
  static DeviceSide of(Device device, boolean batchInvariant) {
    return device instanceof CudaDevice cuda
        ? new CudaSide(cuda, batchInvariant)
        : new CpuSide(device);
  }

  /// The device.
  Device device();

  /// Whether its kernels round activations to bf16, at least those of many rows: where they do,
  /// kernels of the CPU that round them, too, make no answer worse.
  boolean roundsActivations();

  /// The type its kernels keep the key/value cache in.
  ///
  /// @param attention type of the attention's weights
  ElementType cacheType(ElementType attention);

  /// Device memory that its kernels need for themselves.
  long scratchBytes(ModelConfig config, ExpertFormat format, MemoryNeeds needs);

  /// Whether copies to it want experts page-locked in host memory.
  boolean wantsPageLockedExperts();

  /// Page-locks the experts, as far as the system allows.
  ///
  /// @param progress told how many bytes are locked
  /// @return to be closed before the weights
  AutoCloseable pageLock(ModelWeights weights, LoadProgress progress);

  /// The kernels that compute on it.
  ///
  /// @param host the CPU's
  /// @param format of the experts
  /// @param resources gets what is opened
  DeviceKernels kernels(
      HostKernels host,
      ModelConfig config,
      ExpertFormat format,
      MemoryNeeds needs,
      Resources resources);
}
