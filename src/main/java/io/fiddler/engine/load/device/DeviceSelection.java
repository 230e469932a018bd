package io.fiddler.engine.load.device;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.CudaUnavailableException;
import io.fiddler.device.Device;
import io.fiddler.device.DeviceOptionsException;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.device.host.HostDevice;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.kernel.cuda.CudaSegments;
import io.fiddler.tensor.MemoryKind;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The device that was chosen and why.
///
/// @param device opened; the holder closes it
/// @param reason one sentence for people
public record DeviceSelection(Device device, String reason) {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceSelection.class);

  /// Opens the device that the options ask for.
  ///
  /// @throws DeviceOptionsException if it cannot be had and there is no falling back
  public static DeviceSelection open(DeviceOptions options) {
    DeviceSelection selection = choose(options);
    boolean limited = options.memoryBytes() > 0 || options.experts() > 0;
    if (selection.device().memoryKind() == MemoryKind.HOST && limited) {
      LOG.warn(
          "fiddler.device.memory and fiddler.device.experts have no effect: {}",
          selection.reason());
    }
    return selection;
  }

  private static DeviceSelection choose(DeviceOptions options) {
    return switch (options.kind()) {
      case AUTO -> cudaOrHost(options);
      case CUDA -> cuda(options);
      case EMULATED ->
          new DeviceSelection(
              new EmulatedDevice(options.memoryBytes()),
              "a device is emulated on the CPU, as fiddler.device.kind=emulated asks");
      case NONE ->
          new DeviceSelection(
              new HostDevice(),
              "everything is computed on the CPU, as fiddler.device.kind=none asks");
    };
  }

  private static DeviceSelection cuda(DeviceOptions options) {
    try {
      return new DeviceSelection(
          openCuda(options), "the GPU is used, as fiddler.device.kind=cuda asks");
    } catch (CudaUnavailableException e) {
      throw new DeviceOptionsException(
          "fiddler.device.kind=cuda cannot be had: " + e.getMessage(), e);
    }
  }

  private static DeviceSelection cudaOrHost(DeviceOptions options) {
    try {
      return new DeviceSelection(
          openCuda(options), "the GPU is used: there is one (fiddler.device.kind=auto)");
    } catch (CudaUnavailableException e) {
      return new DeviceSelection(
          new HostDevice(),
          "everything is computed on the CPU: %s (fiddler.device.kind=auto)"
              .formatted(e.getMessage()));
    }
  }

  /// The CPU instead of a device that turned out to be unusable.
  ///
  /// @param kind what was asked for
  /// @param problem what is wrong with the device
  /// @throws DeviceOptionsException if there is no falling back from that kind
  public static DeviceSelection insteadOf(Kind kind, String problem) {
    if (kind != Kind.AUTO) {
      throw new DeviceOptionsException(
          "%s (fiddler.device.kind=%s)".formatted(problem, kind.name().toLowerCase(Locale.ROOT)));
    }
    LOG.warn("{}; everything is computed on the CPU instead", problem);
    return new DeviceSelection(new HostDevice(), "everything is computed on the CPU: " + problem);
  }

  private static Device openCuda(DeviceOptions options) {
    try {
      CudaDevice device = CudaDevice.open(options.ordinal(), options.memoryBytes());
      CudaSegments.prepare(device);
      return device;
    } catch (LinkageError e) { // not even the classes of this package can be linked
      throw new CudaUnavailableException("JCuda cannot be used: " + e, e);
    }
  }
}
