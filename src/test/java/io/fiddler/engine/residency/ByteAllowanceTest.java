package io.fiddler.engine.residency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ByteAllowanceTest {
  private static final long SECOND = 1_000_000_000;

  private long now = 17;

  @Test
  void available_growsWithTime_upToATenthOfASecond() {
    ByteAllowance allowance = new ByteAllowance(1000, () -> now);
    assertThat(allowance.available(10)).isZero();
    assertThat(allowance.nanosUntil(10)).isEqualTo(SECOND / 100);
    now += SECOND / 100;
    assertThat(allowance.available(10)).isEqualTo(10);
    allowance.spend(10);
    assertThat(allowance.available(10)).isZero();
    now += 5 * SECOND;
    assertThat(allowance.available(10)).isEqualTo(100);
  }

  @Test
  void available_isSomethingInTheEnd_howeverLowTheCap() {
    ByteAllowance allowance = new ByteAllowance(1, () -> now);
    assertThat(allowance.available(64 << 10)).isZero();
    now += allowance.nanosUntil(64 << 10);
    assertThat(allowance.available(64 << 10)).isEqualTo(1);
  }

  @Test
  void available_isAll_withoutACap() {
    ByteAllowance allowance = new ByteAllowance(Long.MAX_VALUE, () -> now);
    allowance.spend(1L << 40);
    assertThat(allowance.available(1)).isEqualTo(Long.MAX_VALUE);
    assertThat(allowance.nanosUntil(1)).isZero();
  }

  @Test
  void cap_mustBePositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ByteAllowance(0, () -> now))
        .withMessage("copies need at least 1 byte a second, got 0");
  }

  @Test
  void simulation_neverSpendsMoreThanTheCap() {
    for (long seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long cap = 1 + random.nextLong(1L << random.nextInt(1, 40));
      ByteAllowance allowance = new ByteAllowance(cap, () -> now);
      long start = now;
      double spent = 0;
      for (int i = 0; i < 1000; i++) {
        now += random.nextLong(SECOND / 50);
        long available = allowance.available(1 + random.nextLong(1 << 20));
        if (available > 0) {
          long piece = 1 + random.nextLong(available);
          allowance.spend(piece);
          spent += piece;
        }
        assertThat(spent)
            .as("seed %d", seed)
            .isLessThanOrEqualTo((double) cap * (now - start) / SECOND + 1);
      }
    }
  }
}
