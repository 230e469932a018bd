package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceOptionsException;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.device.host.HostDevice;
import io.fiddler.engine.EngineOptions.DeviceOptions;

/// The device that was chosen and why.
///
/// @param device opened; the holder closes it
/// @param reason one sentence for people
record DeviceSelection(Device device, String reason) {
  /// Opens the device that the options ask for.
  ///
  /// @throws DeviceOptionsException if it cannot be had and there is no falling back
  static DeviceSelection open(DeviceOptions options) {
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
