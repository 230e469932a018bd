package io.fiddler.engine.load;

import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.load.device.DeviceSide;
import io.fiddler.kernel.cpu.CpuKernelSet;

/// Which kernels the CPU computes with, once the device is known.
@FunctionalInterface
interface KernelChoice {
  /// The kernels to compute with beside this device.
  CpuKernelSet beside(DeviceSide device);

  /// What the options ask for.
  static KernelChoice of(Kernels wanted) {
    return device ->
        switch (wanted) {
          case AUTO -> device.roundsActivations() ? CpuKernelSet.fastest() : CpuKernelSet.float32();
          case FLOAT32 -> CpuKernelSet.float32();
          case FASTEST -> CpuKernelSet.fastest();
        };
  }
}
