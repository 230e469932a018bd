package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CostSharesTest {
  private final CostShares shares = new CostShares();

  @Test
  void share_isByWork_andOfTheStreamedByExperts() {
    shares.begin(2);
    // The first has three of four rows on the host, and shares a streamed expert of 2 slices.
    shares.add(0, 3, 3, 1);
    shares.add(1, 1, 1, 1);
    shares.share(1_000, 500);
    assertThat(shares.hostNanos()).startsWith(750, 250);
    assertThat(shares.streamedBytes()).startsWith(250, 250);
  }

  @Test
  void share_isByRows_whenNobodyCausedIt() {
    shares.begin(2);
    shares.add(0, 3, 0, 0);
    shares.add(1, 1, 0, 0);
    shares.share(0, 400);
    assertThat(shares.hostNanos()).startsWith(0, 0);
    assertThat(shares.streamedBytes()).startsWith(300, 100);
  }

  @Test
  void simulation_sharesAddUpExactly() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int chunks = 1 + random.nextInt(40);
      shares.begin(chunks);
      for (int chunk = 0; chunk < chunks; chunk++) {
        shares.add(chunk, 1 + random.nextInt(300), random.nextInt(900), random.nextDouble());
      }
      long nanos = random.nextLong(10_000_000_000L);
      long bytes = random.nextLong(100_000_000_000L);
      shares.share(nanos, bytes);
      long[] hostNanos = Arrays.copyOf(shares.hostNanos(), chunks);
      long[] streamed = Arrays.copyOf(shares.streamedBytes(), chunks);
      assertThat(Arrays.stream(hostNanos).sum()).as("seed %d", seed).isEqualTo(nanos);
      assertThat(Arrays.stream(streamed).sum()).as("seed %d", seed).isEqualTo(bytes);
      assertThat(Arrays.stream(hostNanos).min().orElse(0)).as("seed %d", seed).isNotNegative();
    }
  }
}
