package io.fiddler.config.settings;

import io.fiddler.engine.EngineOptions.DeviceOptions;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// The device that holds the resident experts.
///
/// @param kind Which device: auto takes a CUDA GPU if there is one and else none; cuda refuses to
///   start without one; emulated runs every path on the CPU; none computes all on the CPU.
/// @param memory Everything the process takes on the device; 0 for the device's default.
/// @param experts Number of resident experts, if it is to be fixed; -1 for as many as fit into the
///   memory.
/// @param ordinal Which GPU, counted from 0 as the driver does.
public record DeviceProperties(
    @DefaultValue("auto") DeviceOptions.Kind kind,
    @DefaultValue("0B") DataSize memory,
    @DefaultValue("-1") int experts,
    @DefaultValue("0") int ordinal) {

  public DeviceProperties {
    Rules.notNegative("fiddler.device.memory", memory);
    if (experts < -1) {
      throw new InvalidSettingException(
          "fiddler.device.experts", "a number of experts, or -1 for as many as fit", experts);
    }
    if (ordinal < 0) {
      throw new InvalidSettingException(
          "fiddler.device.ordinal", "the number of a GPU, counted from 0", ordinal);
    }
  }

  DeviceOptions toDeviceOptions() {
    return new DeviceOptions(kind, memory.toBytes(), experts, ordinal);
  }
}
