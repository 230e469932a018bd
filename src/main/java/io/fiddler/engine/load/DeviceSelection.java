package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceOptionsException;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.device.host.HostDevice;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.tensor.MemoryKind;
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
      case AUTO ->
          new DeviceSelection(
              new HostDevice(),
              "everything is computed on the CPU: this build has no CUDA device"
                  + " (fiddler.device.kind=auto)");
      case CUDA ->
          throw new DeviceOptionsException(
              "fiddler.device.kind=cuda needs a CUDA device, which this build does not have; use"
                  + " auto, emulated or none");
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
}
