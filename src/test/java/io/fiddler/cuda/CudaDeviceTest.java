package io.fiddler.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceContract;
import io.fiddler.device.DeviceMemory;
import io.fiddler.device.DeviceMemoryException;
import io.fiddler.device.Event;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("gpu")
final class CudaDeviceTest extends DeviceContract {
  private static final LiveCounts NOTHING = new LiveCounts(0, 0, 0, 0, 0, 0);
  private static final long MEMORY_BYTES = 2L << 30;

  @Override
  protected Device open() {
    return CudaDevice.open(0, MEMORY_BYTES);
  }

  private CudaDevice cuda() {
    return (CudaDevice) device();
  }

  @Override
  protected void compute(MemoryView source, MemoryView target) {
    cuda()
        .compute()
        .copyAsync(
            source.segment(MemoryKind.DEVICE).address(),
            target.segment(MemoryKind.DEVICE).address(),
            source.sizeBytes());
  }

  @Test
  void counters_areBackToZero_whenTheDeviceIsOpenedAndClosedTwice() {
    for (int round = 0; round < 2; round++) {
      CudaDevice opened = CudaDevice.open(0, MEMORY_BYTES);
      DeviceMemory.Allocation forgotten = opened.memory().allocate(1_000_003, "test");
      PinnedMemory forgottenToo = opened.pinned(77, "test");
      opened.kernels().function("rms_norm", "rms_norm_f32");
      opened
          .compute()
          .copyAsync(
              forgottenToo.deviceAddress(),
              forgotten.view().segment(MemoryKind.DEVICE).address(),
              77);
      opened.copy().waitFor(opened.compute().record());
      assertThat(opened.live().allocations()).isEqualTo(1);
      assertThat(opened.live().events()).isPositive();
      opened.close();
      assertThat(opened.live()).isEqualTo(NOTHING);
      assertThat(opened.memory().usedBytes()).isZero();
      assertThatIllegalStateException()
          .isThrownBy(() -> opened.compute().record())
          .withMessage("the CUDA device is closed");
    }
  }

  @Test
  void devices_areIndependent_whenTwoAreOpenOnOneCard() {
    try (HostMemory source = filled(4_099, 5);
        HostMemory back = HostMemory.allocate(4_099);
        DeviceMemory.Allocation mine = cuda().memory().allocate(4_099, "test")) {
      try (CudaDevice other = CudaDevice.open(0, MEMORY_BYTES);
          DeviceMemory.Allocation its = other.memory().allocate(4_099, "test")) {
        other.copy().copy(exactly(source, 4_099), its.view());
        cuda().copy().waitFor(other.copy().record());
        cuda().copy().copy(its.view(), mine.view());
        cuda().copy().record().await();
      }
      cuda().copy().copy(mine.view(), exactly(back, 4_099));
      cuda().copy().record().await();
      assertThat(bytes(exactly(back, 4_099))).isEqualTo(bytes(exactly(source, 4_099)));
    }
  }

  @Test
  void events_areAnsweredOnAnyThread_andTheirHandlesGoRound() throws Exception {
    List<CudaEvent> events = new ArrayList<>();
    try (DeviceMemory.Allocation memory = cuda().memory().allocate(1 << 20, "test");
        var threads = Executors.newFixedThreadPool(2)) {
      List<Future<?>> waits = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        cuda()
            .compute()
            .memset(memory.view().segment(MemoryKind.DEVICE).address(), (byte) i, 1 << 20);
        CudaEvent event = cuda().compute().record();
        events.add(event);
        waits.add(threads.submit(event::await));
      }
      for (Future<?> wait : waits) {
        wait.get();
      }
    }
    assertThat(events).allMatch(Event::isDone);
    assertThat(events.stream().map(CudaEvent::doneNanos)).isSorted();
    int handles = cuda().live().events();
    for (int i = 0; i < 1_000; i++) {
      cuda().compute().record().await();
    }
    assertThat(cuda().live().events()).isEqualTo(handles);
  }

  @Test
  void allocation_isRefused_whenItIsBeyondTheBudget() {
    DeviceMemory memory = cuda().memory();
    assertThatThrownBy(() -> memory.allocate(memory.budgetBytes() + 1, "weights").close())
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessageContaining("device memory for weights needs")
        .hasMessageContaining("fiddler.device.memory");
    long before = cuda().freeBytes();
    try (DeviceMemory.Allocation most = memory.allocate(memory.budgetBytes(), "weights")) {
      assertThat(before - cuda().freeBytes()).isGreaterThanOrEqualTo(most.view().sizeBytes());
    }
    System.out.printf(
        "%s: %d MiB allowed, %d MiB of them for a model%n",
        cuda().info().name(), MEMORY_BYTES >> 20, memory.budgetBytes() >> 20);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4_097, 1_000_003, 33_554_433})
  void pagelockedMemory_isCopiedBothWays_whateverItsSize(int sizeBytes) {
    try (HostMemory source = filled(sizeBytes, sizeBytes);
        PinnedMemory back = cuda().pinned(sizeBytes, "test");
        DeviceMemory.Allocation first = cuda().memory().allocate(sizeBytes, "test");
        DeviceMemory.Allocation second = cuda().memory().allocate(sizeBytes, "test");
        HostRegistration registration = cuda().register(exactly(source, sizeBytes), sizeBytes)) {
      assertThat(registration.sizeBytes()).isEqualTo(sizeBytes);
      cuda().copy().copy(exactly(source, sizeBytes), first.view());
      cuda().copy().copy(first.view(), second.view());
      cuda().copy().copy(second.view(), back.host());
      cuda().copy().record().await();
      assertThat(bytes(back.host())).isEqualTo(bytes(exactly(source, sizeBytes)));
    }
    assertThat(cuda().live().registrations()).isZero();
  }

  @Test
  void registeredMemory_isCopiedInOneGo() {
    long sizeBytes = 1L << 30;
    long chunkBytes = 7L << 20;
    try (HostMemory host = HostMemory.allocate(sizeBytes);
        DeviceMemory.Allocation target = cuda().memory().allocate(chunkBytes, "test")) {
      MemoryView source = exactly(host, sizeBytes);
      source.segment(MemoryKind.HOST).fill((byte) 1);
      long start = System.nanoTime();
      try (HostRegistration registration = cuda().register(source, chunkBytes)) {
        System.out.printf(
            "registered %.1f GB/s%n",
            registration.sizeBytes() / (double) (System.nanoTime() - start));
        CudaEvent before = cuda().copy().record();
        long chunks = sizeBytes / chunkBytes;
        for (long chunk = 0; chunk < chunks; chunk++) {
          cuda().copy().copy(source.slice(chunk * chunkBytes, chunkBytes), target.view());
        }
        CudaEvent after = cuda().copy().record();
        after.await();
        before.await();
        System.out.printf(
            "copied %.1f GB/s%n",
            chunks * chunkBytes / (double) (after.doneNanos() - before.doneNanos()));
      }
    }
  }
}
