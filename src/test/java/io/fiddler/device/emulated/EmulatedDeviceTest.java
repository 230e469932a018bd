package io.fiddler.device.emulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceContract;
import io.fiddler.device.DeviceMemory;
import io.fiddler.device.DeviceMemoryException;
import io.fiddler.device.Event;
import io.fiddler.device.ExpertFrames;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class EmulatedDeviceTest extends DeviceContract {
  private static final long MEMORY_BYTES = 64 << 20;

  @Override
  protected Device open() {
    return new EmulatedDevice(MEMORY_BYTES);
  }

  @Override
  protected void compute(MemoryView source, MemoryView target) {
    target.segment(MemoryKind.DEVICE).copyFrom(source.segment(MemoryKind.DEVICE));
  }

  @Test
  void copyLane_leavesTheCallerFree_whileItWaits() {
    Gate gate = new Gate();
    try (HostMemory source = filled(100, 1);
        HostMemory back = HostMemory.allocate(100);
        DeviceMemory.Allocation target = device().memory().allocate(100, "test")) {
      device().copy().waitFor(gate);
      device().copy().copy(exactly(source, 100), target.view());
      device().copy().copy(target.view(), exactly(back, 100));
      Event copied = device().copy().record();
      assertThat(copied.isDone()).isFalse();
      assertThat(bytes(exactly(back, 100))).containsOnly(0);
      gate.open();
      copied.await();
      assertThat(bytes(exactly(back, 100))).isEqualTo(bytes(exactly(source, 100)));
    }
  }

  @Test
  void failedCopy_surfacesInTheNextEventOnly_andTheLaneGoesOn() {
    Gate gate = new Gate();
    try (HostMemory source = filled(100, 2);
        DeviceMemory.Allocation target = device().memory().allocate(100, "test")) {
      HostMemory gone = HostMemory.allocate(100);
      MemoryView goneView = exactly(gone, 100);
      device().copy().waitFor(gate);
      device().copy().copy(goneView, target.view());
      Event failed = device().copy().record();
      device().copy().copy(exactly(source, 100), target.view());
      Event sound = device().copy().record();
      gone.close();
      gate.open();
      assertThatIllegalStateException()
          .isThrownBy(failed::await)
          .withMessageStartingWith("the copy lane failed")
          .withCauseInstanceOf(IllegalStateException.class);
      assertThat(failed.isDone()).isTrue();
      sound.await();
      assertThatIllegalStateException().isThrownBy(() -> device().compute().waitFor(failed));
    }
  }

  @Test
  void memory_isFreedAfterQueuedCopies_whenItsOwnerCloses() {
    try (HostMemory source = filled(8 << 20, 3)) {
      for (int round = 0; round < 20; round++) {
        DeviceMemory.Allocation target = device().memory().allocate(8 << 20, "test");
        device().copy().copy(exactly(source, 8 << 20), target.view());
        Event copied = device().copy().record();
        target.close();
        copied.await();
      }
    }
  }

  @Test
  void close_failsTheEventsOfCopiesGivenUp() {
    Gate never = new Gate();
    device().copy().waitFor(never);
    Event stranded = device().copy().record();
    device().close();
    assertThat(stranded.isDone()).isTrue();
    assertThatIllegalStateException().isThrownBy(stranded::await).withMessageContaining("closed");
    assertThatIllegalStateException()
        .isThrownBy(() -> device().copy().record())
        .withMessage("the emulated device is closed");
  }

  @Test
  void copyLane_hasAThreadOfItsOwn_untilTheDeviceIsClosed() {
    assertThat(copyThreads()).isPositive();
    long before = copyThreads();
    try (EmulatedDevice another = new EmulatedDevice(1_000)) {
      another.copy().record().await();
      assertThat(copyThreads()).isEqualTo(before + 1);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new EmulatedDevice(-1));
    assertThat(copyThreads()).isEqualTo(before);
  }

  private static long copyThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("fiddler-emulated-copy"))
        .count();
  }

  @Test
  void budget_isUsableToTheLastByte_andNotBeyond() {
    DeviceMemory memory = device().memory();
    DeviceMemory.Allocation most = memory.allocate(MEMORY_BYTES - 1_000, "weights");
    assertThatThrownBy(() -> memory.allocate(1_001, "key/value cache").close())
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessage(
            "device memory for key/value cache needs 1001 bytes, but of 64.0 MiB only 1000 bytes"
                + " are left (fiddler.device.memory)");
    memory.allocate(1_000, "key/value cache").close();
    most.close();
    memory.allocate(MEMORY_BYTES, "everything").close();
  }

  @Test
  void frames_leaveNothingBehind_whenTheyDoNotFit() {
    long expertBytes = 24 << 20;
    assertThatThrownBy(() -> new ExpertFrames(device(), 3, expertBytes))
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessageContaining("expert frames");
    assertThat(device().memory().liveAllocations()).isZero();
    try (ExpertFrames frames = new ExpertFrames(device(), 2, expertBytes)) {
      assertThat(device().memory().usedBytes()).isEqualTo(ExpertFrames.sizeBytes(2, expertBytes));
      assertThat(frames.numFree()).isEqualTo(2);
    }
  }

  @Test
  void deviceMemory_refusesToBeReadAsHostMemory() {
    try (DeviceMemory.Allocation allocation = device().memory().allocate(16, "test")) {
      assertThatIllegalStateException()
          .isThrownBy(() -> allocation.view().segment(MemoryKind.HOST));
    }
  }

  @Test
  void device_takesAShareOfTheMachine_whenNoMemoryIsGiven() {
    try (EmulatedDevice byDefault = new EmulatedDevice(0)) {
      assertThat(byDefault.info().memoryBytes()).isEqualTo(EmulatedDevice.defaultMemoryBytes());
      assertThat(byDefault.memory().budgetBytes()).isPositive();
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EmulatedDevice(-1))
        .withMessageContaining("fiddler.device.memory");
  }

  /// An event that the test lets happen.
  private static final class Gate implements Event {
    private final CountDownLatch latch = new CountDownLatch(1);

    void open() {
      latch.countDown();
    }

    @Override
    public boolean isDone() {
      return latch.getCount() == 0;
    }

    @Override
    public void await() {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    @Override
    public long doneNanos() {
      throw new UnsupportedOperationException("nobody asks a gate when it opened");
    }
  }
}
