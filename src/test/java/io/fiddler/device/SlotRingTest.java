package io.fiddler.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryView;
import org.junit.jupiter.api.Test;

/// What slots and frames ask of a device that is far behind the host; what they deliver is in
/// {@link DeviceContract}.
final class SlotRingTest {
  @Test
  void slot_isFilledAfterItsEarlierUse_withoutTheHostWaiting() {
    try (StalledDevice device = new StalledDevice();
        HostMemory source = HostMemory.allocate(100);
        SlotRing ring = new SlotRing(device, 1, 100)) {
      for (int slice = 0; slice < 2; slice++) {
        try (SlotRing.Slot slot = ring.acquire()) {
          slot.fill(source.view().slice(0, 100 - slice));
          assertThat(slot.isFilled()).isFalse();
          assertThat(slot.use().sizeBytes()).isEqualTo(100 - slice);
        }
      }
      assertThat(device.submitted)
          .containsExactly(
              "copy 100 bytes",
              "record copy#0",
              "compute waits for copy#0",
              "record compute#1",
              "copy waits for compute#1",
              "copy 99 bytes",
              "record copy#2",
              "compute waits for copy#2",
              "record compute#3");
    }
  }

  @Test
  void slot_isFilledAgainAfterItsOwnUse_whenTheLeaseGoesOn() {
    try (StalledDevice device = new StalledDevice();
        HostMemory source = HostMemory.allocate(100);
        SlotRing ring = new SlotRing(device, 1, 100);
        SlotRing.Slot slot = ring.acquire()) {
      MemoryView slice = source.view().slice(0, 100);
      slot.fill(slice);
      assertThat(slot.use().sizeBytes()).isEqualTo(100);
      device.submitted.clear();
      slot.fill(slice);
      assertThat(device.submitted)
          .containsExactly(
              "record compute#1", "copy waits for compute#1", "copy 100 bytes", "record copy#2");
    }
  }

  @Test
  void slots_areReusedLongestReleasedFirst() {
    try (StalledDevice device = new StalledDevice();
        SlotRing ring = new SlotRing(device, 3, 100)) {
      SlotRing.Slot first = ring.acquire();
      SlotRing.Slot second = ring.acquire();
      second.close();
      first.close();
      ring.acquire().close();
      device.submitted.clear();
      try (HostMemory source = HostMemory.allocate(100);
          SlotRing.Slot again = ring.acquire()) {
        again.fill(source.view().slice(0, 100));
      }
      assertThat(device.submitted).first().isEqualTo("copy waits for compute#0");
    }
  }

  @Test
  void frame_isAllocatedAfterItsEarlierUse_withoutTheHostWaiting() {
    try (StalledDevice device = new StalledDevice();
        ExpertFrames frames = new ExpertFrames(device, 2, 100)) {
      int frame = frames.allocate();
      assertThat(device.submitted).isEmpty();
      frames.free(frame);
      assertThat(frames.allocate()).isEqualTo(frame);
      assertThat(device.submitted).containsExactly("record compute#0", "copy waits for compute#0");
    }
  }

  @Test
  void ring_needsASlot() {
    try (StalledDevice device = new StalledDevice()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new SlotRing(device, 0, 100))
          .withMessage("numSlots must be at least 1, got 0");
    }
  }
}
