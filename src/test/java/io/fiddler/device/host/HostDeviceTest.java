package io.fiddler.device.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceContract;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import org.junit.jupiter.api.Test;

final class HostDeviceTest extends DeviceContract {
  @Override
  protected Device open() {
    return new HostDevice();
  }

  @Override
  protected void compute(MemoryView source, MemoryView target) {
    target.segment(MemoryKind.HOST).copyFrom(source.segment(MemoryKind.HOST));
  }

  @Test
  void hostDevice_worksInHostMemory_withoutABudget() {
    assertThat(device().memoryKind()).isEqualTo(MemoryKind.HOST);
    assertThat(device().memory().budgetBytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(device().info().kind()).isEqualTo("none");
  }
}
