package io.fiddler.bench.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.DeviceMemory.Allocation;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TogetherTest {
  private static final int SIZE = 1 << 16;

  @Test
  void feed_countsWhatArrived_andCopiesIt() {
    try (EmulatedDevice device = new EmulatedDevice(1 << 20);
        HostMemory host = HostMemory.allocate(SIZE);
        Allocation target = device.memory().allocate(SIZE, "test")) {
      host.view().segment(MemoryKind.HOST).fill((byte) 7);
      CopyFeed feed = new CopyFeed(device.copy(), List.of(host.view()), List.of(target.view()));
      feed.topUp(5);
      feed.drain();
      assertThat(feed.doneBytes()).isEqualTo(5L * SIZE);
      assertThat(target.view().segment(MemoryKind.DEVICE).get(ValueLayout.JAVA_BYTE, SIZE - 1))
          .isEqualTo((byte) 7);
    }
  }

  @Test
  void machine_hasAllRates_whenThereIsADevice() {
    try (WorkerPool workers = new WorkerPool(2);
        EmulatedDevice device = new EmulatedDevice(1 << 20);
        HostMemory host = HostMemory.allocate(4 << 20);
        Allocation target = device.memory().allocate(2 * SIZE, "test")) {
      List<MemoryView> targets =
          List.of(target.view().slice(0, SIZE), target.view().slice(SIZE, SIZE));
      List<MemoryView> sources = List.of(host.view().slice(0, SIZE));
      MachineRates rates =
          new MachineProbe(
                  workers,
                  device,
                  host.view().segment(MemoryKind.HOST),
                  sources,
                  targets,
                  new ProbeOptions(1, 0.01))
              .measure();
      assertThat(rates.threads()).isEqualTo(2);
      assertThat(rates.hostRead()).isPositive();
      assertThat(rates.copy()).isPositive();
      assertThat(rates.hostReadTogether()).isPositive();
      assertThat(rates.copyTogether()).isPositive();
      assertThat(rates.deviceCopy()).isPositive();
    }
  }
}
