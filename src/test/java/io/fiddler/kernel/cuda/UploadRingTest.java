package io.fiddler.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
final class UploadRingTest {
  private static final int SIZE = 4096;

  /// Tables that the device may still be reading.
  private final List<long[]> unread = new ArrayList<>();

  private int drains;

  private final UploadRing ring =
      new UploadRing(
          SIZE,
          () -> {
            drains++;
            unread.clear();
          });

  @Test
  void take_neverDealsOutRoomThatMayStillBeRead() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 20_000; i++) {
      if (random.nextInt(10) == 0) {
        ring.consumed();
        unread.clear();
      }
      long bytes = random.nextInt(1, 1500);
      long at = ring.take(bytes);
      assertThat(at % 256).isZero();
      assertThat(at + bytes).isLessThanOrEqualTo(SIZE);
      for (long[] table : unread) {
        assertThat(at >= table[1] || at + bytes <= table[0]).as("seed %d", seed).isTrue();
      }
      unread.add(new long[] {at, at + bytes});
    }
    assertThat(drains).isPositive();
  }

  @Test
  void take_doesNotWait_whenResultsWereSeenInBetween() {
    for (int i = 0; i < 100; i++) {
      ring.take(1000);
      ring.take(1000);
      ring.consumed();
    }
    assertThat(drains).isZero();
  }

  @Test
  void take_refuses_whenATableIsLargerThanTheRing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ring.take(SIZE + 1))
        .withMessage("a table must fit the ring of 4096 bytes, got 4097");
    assertThat(ring.take(SIZE)).isZero();
  }
}
