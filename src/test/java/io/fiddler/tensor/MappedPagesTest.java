package io.fiddler.tensor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class MappedPagesTest {
  @Test
  void allocate_namesTheSizeAndErrno_whenTheSystemRefuses() {
    try (Arena arena = Arena.ofConfined()) {
      // More than a 57-bit address space has.
      assertThatThrownBy(() -> new MappedPages().allocate(1L << 58, arena))
          .isInstanceOf(HostMemoryException.class)
          .hasMessage("cannot allocate 256.0 PiB of host memory: mmap failed with errno 12");
    }
  }
}
