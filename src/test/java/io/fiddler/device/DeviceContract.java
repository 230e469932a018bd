package io.fiddler.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every device must do. A subclass supplies the device and a kernel.
public abstract class DeviceContract {
  private static final int SLICE_BYTES = 1_000;

  private Device device;

  /// A device with 64 MiB at least.
  protected abstract Device open();

  /// Submits a kernel to the compute lane that copies `source` to `target`, both of the device.
  protected abstract void compute(MemoryView source, MemoryView target);

  @BeforeEach
  final void openDevice() {
    device = open();
  }

  @AfterEach
  final void closeDevice() {
    device.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 207, 4_098, 1_048_577})
  void copy_arrives_whenItsEventIsAwaited(int sizeBytes) {
    try (HostMemory source = filled(sizeBytes, 1);
        HostMemory back = HostMemory.allocate(sizeBytes);
        DeviceMemory.Allocation onDevice = device.memory().allocate(sizeBytes, "test")) {
      device.copy().copy(exactly(source, sizeBytes), onDevice.view());
      device.copy().copy(onDevice.view(), exactly(back, sizeBytes));
      Event event = device.copy().record();
      event.await();
      assertThat(event.isDone()).isTrue();
      assertThat(bytes(exactly(back, sizeBytes))).isEqualTo(bytes(exactly(source, sizeBytes)));
    }
  }

  @Test
  void copies_runInOrder_whenTheyShareATarget() {
    try (HostMemory source = filled(64 * SLICE_BYTES, 2);
        HostMemory back = HostMemory.allocate(64 * SLICE_BYTES);
        DeviceMemory.Allocation shared = device.memory().allocate(SLICE_BYTES, "test")) {
      for (int i = 0; i < 64; i++) {
        device.copy().copy(slice(source, i), shared.view());
        device.copy().copy(shared.view(), slice(back, i));
      }
      device.copy().record().await();
      assertThat(bytes(exactly(back, 64 * SLICE_BYTES)))
          .isEqualTo(bytes(exactly(source, 64 * SLICE_BYTES)));
    }
  }

  @Test
  void lanes_seeEachOthersWork_whenTheyWaitForItsEvent() {
    try (HostMemory source = filled(SLICE_BYTES, 3);
        HostMemory back = HostMemory.allocate(SLICE_BYTES);
        DeviceMemory.Allocation first = device.memory().allocate(SLICE_BYTES, "test");
        DeviceMemory.Allocation second = device.memory().allocate(SLICE_BYTES, "test")) {
      device.copy().copy(exactly(source, SLICE_BYTES), first.view());
      device.compute().waitFor(device.copy().record());
      compute(first.view(), second.view());
      device.copy().waitFor(device.compute().record());
      device.copy().copy(second.view(), exactly(back, SLICE_BYTES));
      device.copy().record().await();
      assertThat(bytes(exactly(back, SLICE_BYTES))).isEqualTo(bytes(exactly(source, SLICE_BYTES)));
    }
  }

  @Test
  void computeLane_copiesInOrderWithItsKernels() {
    try (HostMemory source = filled(16 * SLICE_BYTES, 7);
        HostMemory back = HostMemory.allocate(16 * SLICE_BYTES);
        DeviceMemory.Allocation first = device.memory().allocate(SLICE_BYTES, "test");
        DeviceMemory.Allocation second = device.memory().allocate(SLICE_BYTES, "test")) {
      for (int i = 0; i < 16; i++) {
        device.compute().copy(slice(source, i), first.view());
        compute(first.view(), second.view());
        device.compute().copy(second.view(), slice(back, i));
      }
      device.compute().record().await();
      assertThat(bytes(exactly(back, 16 * SLICE_BYTES)))
          .isEqualTo(bytes(exactly(source, 16 * SLICE_BYTES)));
    }
  }

  @Test
  void lanes_zeroInOrderWithTheirOtherWork() {
    for (Lane lane : List.of(device.compute(), device.copy())) {
      try (HostMemory source = filled(SLICE_BYTES, 9);
          HostMemory back = HostMemory.allocate(SLICE_BYTES);
          DeviceMemory.Allocation there = device.memory().allocate(SLICE_BYTES, "test")) {
        lane.copy(exactly(source, SLICE_BYTES), there.view());
        lane.zero(there.view().slice(64, SLICE_BYTES - 128));
        lane.copy(there.view(), exactly(back, SLICE_BYTES));
        lane.record().await();
        byte[] expected = bytes(exactly(source, SLICE_BYTES));
        Arrays.fill(expected, 64, SLICE_BYTES - 64, (byte) 0);
        assertThat(bytes(exactly(back, SLICE_BYTES))).isEqualTo(expected);
      }
    }
  }

  @Test
  void event_knowsWhenItsWorkWasDone_onTheHostsClock() {
    long slackNanos = 1_000_000; // what a device's clock may be off
    try (HostMemory source = filled(SLICE_BYTES, 8);
        DeviceMemory.Allocation target = device.memory().allocate(SLICE_BYTES, "test")) {
      long before = System.nanoTime();
      device.copy().copy(exactly(source, SLICE_BYTES), target.view());
      Event first = device.copy().record();
      device.copy().copy(exactly(source, SLICE_BYTES), target.view());
      Event second = device.copy().record();
      second.await();
      long after = System.nanoTime();
      assertThat(first.isDone()).isTrue();
      assertThat(first.doneNanos()).isBetween(before - slackNanos, second.doneNanos());
      assertThat(second.doneNanos()).isLessThanOrEqualTo(after + slackNanos);
    }
  }

  @Test
  void copy_isRefused_whenSizesDiffer() {
    try (HostMemory source = HostMemory.allocate(10);
        DeviceMemory.Allocation target = device.memory().allocate(11, "test")) {
      MemoryView ten = exactly(source, 10);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> device.copy().copy(ten, target.view()))
          .withMessageContaining("as long as its source");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> device.compute().copy(ten, target.view()))
          .withMessageContaining("as long as its source");
    }
  }

  @Test
  void memory_isZeroedAlignedAndOfTheDevicesKind_whenAllocated() {
    try (DeviceMemory.Allocation odd = device.memory().allocate(777, "test");
        DeviceMemory.Allocation next = device.memory().allocate(777, "test");
        HostMemory back = HostMemory.allocate(777)) {
      assertThat(odd.view().kind()).isEqualTo(device.memoryKind());
      assertThat(odd.view().sizeBytes()).isEqualTo(777);
      for (DeviceMemory.Allocation allocation : new DeviceMemory.Allocation[] {odd, next}) {
        assertThat(allocation.view().segment(device.memoryKind()).address())
            .matches(address -> address % DeviceMemory.ALIGNMENT_BYTES == 0, "aligned");
      }
      device.copy().copy(next.view(), exactly(back, 777));
      device.copy().record().await();
      assertThat(bytes(exactly(back, 777))).containsOnly(0);
    }
  }

  @Test
  void memory_countsWhatIsHandedOut_untilItIsGivenBackOnce() {
    DeviceMemory.Allocation first = device.memory().allocate(1_000, "test");
    DeviceMemory.Allocation second = device.memory().allocate(500, "test");
    assertThat(device.memory().usedBytes()).isEqualTo(1_500);
    assertThat(device.memory().liveAllocations()).isEqualTo(2);
    first.close();
    first.close();
    assertThat(device.memory().usedBytes()).isEqualTo(500);
    second.close();
    assertThat(device.memory().usedBytes()).isZero();
    assertThat(device.memory().liveAllocations()).isZero();
  }

  @Test
  void memory_isRefused_whenNothingIsAskedFor() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> device.memory().allocate(0, "nothing").close())
        .withMessageContaining("nothing");
  }

  @Test
  void close_freesEverything_andMayBeRepeated() {
    DeviceMemory.Allocation forgotten = device.memory().allocate(1_000, "forgotten");
    device.close();
    assertThat(device.memory().liveAllocations()).isZero();
    assertThat(device.memory().usedBytes()).isZero();
    assertThatCode(device::close).doesNotThrowAnyException();
    assertThatCode(forgotten::close).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void slots_deliverEverySlice_whenTheCopyLaneRunsAhead(int numSlots) {
    int slices = 100;
    int total = slices * SLICE_BYTES;
    try (HostMemory source = filled(total, 4);
        HostMemory back = HostMemory.allocate(total);
        DeviceMemory.Allocation results = device.memory().allocate(total, "results");
        SlotRing ring = new SlotRing(device, numSlots, SLICE_BYTES)) {
      Deque<SlotRing.Slot> ahead = new ArrayDeque<>();
      int queued = 0;
      for (int used = 0; used < slices; used++) {
        while (ring.numFree() > 0 && queued < slices) {
          SlotRing.Slot slot = ring.acquire();
          slot.fill(slice(source, queued++));
          ahead.add(slot);
        }
        try (SlotRing.Slot slot = ahead.remove()) {
          compute(slot.use(), results.view().slice((long) used * SLICE_BYTES, SLICE_BYTES));
        }
      }
      device.copy().waitFor(device.compute().record());
      device.copy().copy(results.view(), exactly(back, total));
      device.copy().record().await();
      assertThat(bytes(exactly(back, total))).isEqualTo(bytes(exactly(source, total)));
    }
    assertThat(device.memory().liveAllocations()).isZero();
  }

  @Test
  void slots_areLeasedOnce_untilGivenBack() {
    try (HostMemory source = filled(SLICE_BYTES, 5);
        SlotRing ring = new SlotRing(device, 2, SLICE_BYTES)) {
      SlotRing.Slot first = ring.acquire();
      try (SlotRing.Slot second = ring.acquire()) {
        assertThat(ring.numFree()).isZero();
        assertThatIllegalStateException()
            .isThrownBy(ring::acquire)
            .withMessage("all 2 slots are leased: close one before acquiring another");
        assertThatIllegalStateException().isThrownBy(second::use).withMessageContaining("filled");
      }
      first.close();
      first.close();
      assertThat(ring.numFree()).isEqualTo(2);
      assertThatIllegalStateException()
          .isThrownBy(() -> first.fill(exactly(source, SLICE_BYTES)))
          .withMessageContaining("given back");
    }
  }

  @Test
  void slot_isRefused_whenTheSliceIsLargerThanIt() {
    try (HostMemory source = HostMemory.allocate(SLICE_BYTES);
        SlotRing ring = new SlotRing(device, 1, SLICE_BYTES - 1);
        SlotRing.Slot slot = ring.acquire()) {
      MemoryView large = exactly(source, SLICE_BYTES);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> slot.fill(large))
          .withMessageContaining("999 bytes");
    }
  }

  @Test
  void frames_keepTheirBytes_whileOthersComeAndGo() {
    long seed = 20_261_122;
    SplittableRandom random = new SplittableRandom(seed);
    int capacity = 5;
    int[] expertOfFrame = new int[capacity];
    try (HostMemory experts = filled(64 * SLICE_BYTES, 6);
        HostMemory back = HostMemory.allocate(SLICE_BYTES);
        ExpertFrames frames = new ExpertFrames(device, capacity, SLICE_BYTES)) {
      for (int frame = 0; frame < capacity; frame++) {
        assertThat(frames.allocate()).isEqualTo(frame);
        device.copy().copy(slice(experts, frame), frames.view(frame));
        expertOfFrame[frame] = frame;
      }
      assertThatIllegalStateException().isThrownBy(frames::allocate);
      for (int round = 0; round < 200; round++) {
        int evicted = random.nextInt(capacity);
        frames.free(evicted);
        assertThat(frames.numFree()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> frames.view(evicted));
        assertThat(frames.allocate()).isEqualTo(evicted);
        expertOfFrame[evicted] = random.nextInt(64);
        device.copy().copy(slice(experts, expertOfFrame[evicted]), frames.view(evicted));
        int looked = random.nextInt(capacity);
        device.copy().copy(frames.view(looked), exactly(back, SLICE_BYTES));
        device.copy().record().await();
        assertThat(bytes(exactly(back, SLICE_BYTES)))
            .as("frame %d in round %d, seed %d", looked, round, seed)
            .isEqualTo(bytes(slice(experts, expertOfFrame[looked])));
      }
    }
    assertThat(device.memory().liveAllocations()).isZero();
  }

  @Test
  void frames_mayLieInMemoryOfTheCaller() {
    long frames = ExpertFrames.sizeBytes(3, SLICE_BYTES - 1);
    try (DeviceMemory.Allocation all = device.memory().allocate(frames, "test")) {
      try (ExpertFrames three = ExpertFrames.in(all.view(), device, 3, SLICE_BYTES - 1)) {
        for (int frame = 0; frame < 3; frame++) {
          assertThat(three.allocate()).isEqualTo(frame);
          long offset = frame * ExpertFrames.frameBytes(SLICE_BYTES - 1);
          assertThat(three.view(frame).segment(device.memoryKind()).address())
              .isEqualTo(all.view().segment(device.memoryKind()).address() + offset);
        }
      }
      assertThat(device.memory().liveAllocations()).isEqualTo(1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ExpertFrames.in(all.view(), device, 4, SLICE_BYTES - 1))
          .withMessageStartingWith("4 frames of ");
    }
  }

  @Test
  void frames_needNoMemory_whenThereAreNone() {
    try (ExpertFrames frames = new ExpertFrames(device, 0, SLICE_BYTES)) {
      assertThat(frames.capacity()).isZero();
      assertThat(device.memory().usedBytes()).isZero();
      assertThatIllegalStateException().isThrownBy(frames::allocate);
      assertThatIllegalStateException().isThrownBy(() -> frames.free(0));
    }
  }

  /// The device under test.
  protected final Device device() {
    return device;
  }

  /// Host memory that begins with `sizeBytes` random bytes.
  protected static HostMemory filled(int sizeBytes, long seed) {
    HostMemory memory = HostMemory.allocate(sizeBytes);
    byte[] random = new byte[sizeBytes];
    new SplittableRandom(seed).nextBytes(random);
    MemorySegment.copy(
        random, 0, memory.view().segment(MemoryKind.HOST), ValueLayout.JAVA_BYTE, 0, sizeBytes);
    return memory;
  }

  /// The first `sizeBytes` of host memory.
  protected static MemoryView exactly(HostMemory memory, long sizeBytes) {
    return memory.view().slice(0, sizeBytes);
  }

  /// The bytes of host memory.
  protected static byte[] bytes(MemoryView view) {
    return view.segment(MemoryKind.HOST).toArray(ValueLayout.JAVA_BYTE);
  }

  private static MemoryView slice(HostMemory memory, int index) {
    return memory.view().slice((long) index * SLICE_BYTES, SLICE_BYTES);
  }
}
