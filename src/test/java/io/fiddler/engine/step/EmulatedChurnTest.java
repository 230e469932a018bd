package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.Device;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.MemoryKind;

final class EmulatedChurnTest extends ResidencyChurnContract {
  @Override
  Device open() {
    return new EmulatedDevice(64 << 20);
  }

  @Override
  Side side(Device device, ModelWeights weights, StepRig.Room room) {
    return new Side(CpuKernelSet.float32().segments(MemoryKind.DEVICE, new WorkerPool(1)));
  }

  @Override
  void compare(float[] expected, float[] actual, String context) {
    assertThat(actual).as(context).isEqualTo(expected);
  }

  @Override
  boolean sameChoices() {
    return true;
  }
}
