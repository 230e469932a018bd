package io.fiddler.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.tensor.ElementType;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class KernelWarmUpTest {
  @Test
  void run_ends_whenTheTimeAllowedHasPassed() {
    try (WorkerPool pool = new WorkerPool(2)) {
      Duration took =
          KernelWarmUp.run(pool, EnumSet.allOf(ElementType.class), Duration.ofMillis(1));
      assertThat(took).isLessThan(Duration.ofSeconds(30));
      pool.run(2, (worker, unit) -> {}); // still usable
    }
  }

  @Test
  void readBytesPerSecond_isPositive_andRefusesLessThanAUnit() {
    try (WorkerPool pool = new WorkerPool(2);
        Arena arena = Arena.ofShared()) {
      assertThat(MemoryProbe.readBytesPerSecond(pool, arena.allocate(4 << 20))).isPositive();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MemoryProbe.readBytesPerSecond(pool, arena.allocate(1000)))
          .withMessage("memory to read must be at least 1048576 bytes, got 1000");
    }
  }
}
