package io.fiddler.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostMemoryTest {
  private static final long HUGE_PAGE = 2L << 20;

  @ParameterizedTest
  @ValueSource(longs = {1, 63, 4097, HUGE_PAGE - 1, HUGE_PAGE, HUGE_PAGE + 1, 5 * HUGE_PAGE + 7})
  void allocate_givesZeroedAlignedMemory_whateverTheSize(long sizeBytes) {
    try (HostMemory memory = HostMemory.allocate(sizeBytes)) {
      MemorySegment segment = memory.view().segment(MemoryKind.HOST);
      assertThat(segment.byteSize()).isEqualTo(sizeBytes);
      assertThat(segment.address() % HUGE_PAGE).isZero();
      for (long at = 0; at < sizeBytes; at += Math.max(1, sizeBytes / 1000)) {
        assertThat(segment.get(JAVA_BYTE, at)).isZero();
      }
      segment.set(JAVA_BYTE, sizeBytes - 1, (byte) 7);
      assertThat(segment.get(JAVA_BYTE, sizeBytes - 1)).isEqualTo((byte) 7);
    }
  }

  @Test
  void read_throws_afterClose() {
    MemorySegment segment;
    try (HostMemory memory = HostMemory.allocate(100)) {
      segment = memory.view().slice(10, 20).segment(MemoryKind.HOST);
    }
    assertThatThrownBy(() -> segment.get(JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void close_countsOnce_whenCalledTwice() {
    int before = HostMemory.liveAllocations();
    HostMemory memory = HostMemory.allocate(1);
    assertThat(HostMemory.liveAllocations()).isEqualTo(before + 1);
    memory.close();
    memory.close();
    assertThat(HostMemory.liveAllocations()).isEqualTo(before);
  }

  @Test
  void allocate_namesTheSize_whenTheMachineIsTooSmall() {
    int before = HostMemory.liveAllocations();
    assertThatThrownBy(() -> HostMemory.allocate(1L << 50))
        .isInstanceOf(HostMemoryException.class)
        .hasMessageStartingWith("an allocation needs 1.0 PiB of host memory, but there are only ");
    assertThat(HostMemory.liveAllocations()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void allocate_refuses_whenTheSizeIsNotPositive(long sizeBytes) {
    assertThatThrownBy(() -> HostMemory.allocate(sizeBytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sizeBytes must be positive, got " + sizeBytes);
  }

  @Test
  void allocator_isChosenWithAReason() {
    assertThat(PageAllocator.choose().description()).isEqualTo(HostMemory.allocator());
    if (System.getProperty("os.name").equals("Linux")) {
      assertThat(HostMemory.allocator()).isEqualTo("mapped memory, huge pages advised");
    } else {
      assertThat(HostMemory.allocator()).contains("because");
    }
  }

  @Test
  void arenaPages_areZeroedAndAligned() {
    PageAllocator allocator = new ArenaPages("this is a test");
    assertThat(allocator.description()).endsWith("because this is a test");
    try (Arena arena = Arena.ofShared()) {
      MemorySegment segment = allocator.allocate(12345, arena);
      assertThat(segment.byteSize()).isGreaterThanOrEqualTo(12345);
      assertThat(segment.address() % HUGE_PAGE).isZero();
      assertThat(segment.get(JAVA_BYTE, 12344)).isZero();
    }
  }
}
