package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.Device;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.MemoryKind;

/// The same where nothing is done when a call returns, as on a GPU.
final class ThreadedChurnTest extends ResidencyChurnContract {
  /// Threads that take turns on few cores are slow.
  @Override
  int steps() {
    return 2_000;
  }

  @Override
  Device open() {
    return new ThreadedDevice(64 << 20);
  }

  @Override
  Side side(Device device, ModelWeights weights, StepRig.Room room) {
    return new Side(
        new QueuedSegments(
            (ThreadedDevice) device,
            CpuKernelSet.float32().segments(MemoryKind.DEVICE, new WorkerPool(1))));
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
