package io.fiddler.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class AtomicActivationCountersTest {
  private static final ExpertGrid GRID = new ExpertGrid(List.of(4, 0, 8));

  private final AtomicActivationCounters counters = new AtomicActivationCounters(GRID);

  @Test
  void count_isExact_byTenantPhaseLayerAndExpert() {
    counters.count("a", Phase.PREFILL, 0, new int[] {9, 3, 1, 3, 9}, 1, 4);
    counters.count("a", Phase.DECODE, 2, new int[] {7}, 0, 1);
    counters.count("b", Phase.DECODE, 2, new int[] {7, 7}, 0, 2);

    Map<String, ActivationSnapshot> snapshot = counters.snapshot();
    assertThat(snapshot).containsOnlyKeys("a", "b");
    ActivationSnapshot a = of("a", snapshot);
    assertThat(a.count(Phase.PREFILL, GRID.indexOf(0, 3))).isEqualTo(2);
    assertThat(a.count(Phase.PREFILL, GRID.indexOf(0, 1))).isEqualTo(1);
    assertThat(a.count(Phase.DECODE, GRID.indexOf(2, 7))).isEqualTo(1);
    assertThat(a.total()).isEqualTo(4);
    assertThat(of("b", snapshot).total()).isEqualTo(2);
    assertThat(ActivationSnapshot.sum(GRID, snapshot.values()).total()).isEqualTo(6);
  }

  @Test
  void snapshot_staysAsItWas_whenCountingGoesOn() {
    counters.count("a", Phase.DECODE, 0, new int[] {1}, 0, 1);
    Map<String, ActivationSnapshot> earlier = counters.snapshot();
    counters.count("a", Phase.DECODE, 0, new int[] {1, 2}, 0, 2);

    assertThat(of("a", earlier).total()).isEqualTo(1);
    ActivationSnapshot since = of("a", counters.snapshot()).minus(of("a", earlier));
    assertThat(since.count(Phase.DECODE, 1)).isEqualTo(1);
    assertThat(since.count(Phase.DECODE, 2)).isEqualTo(1);
    assertThat(since.total()).isEqualTo(2);
  }

  @Test
  void count_isRefused_whenTheLayerHasNoSuchExpert() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> counters.count("a", Phase.DECODE, 0, new int[] {1, 4}, 0, 2))
        .withMessage("expert must be in [0, 4) in layer 0, got 4");
    assertThat(of("a", counters.snapshot()).total()).isZero();
  }

  @Test
  void snapshots_neverDecrease_whileAnotherThreadCounts() throws InterruptedException {
    int[] selected = new SplittableRandom(1).ints(100_000, 0, 8).toArray();
    Thread counting =
        Thread.ofPlatform()
            .start(() -> counters.count("a", Phase.PREFILL, 2, selected, 0, selected.length));
    ActivationSnapshot earlier = ActivationSnapshot.zero(GRID);
    while (counting.isAlive()) {
      ActivationSnapshot now = counters.snapshot().getOrDefault("a", ActivationSnapshot.zero(GRID));
      for (long[] phase : now.minus(earlier).counts()) {
        assertThat(Arrays.stream(phase).min().orElse(0)).isNotNegative();
      }
      earlier = now;
    }
    counting.join();
    assertThat(of("a", counters.snapshot()).total()).isEqualTo(selected.length);
  }

  private static ActivationSnapshot of(String tenant, Map<String, ActivationSnapshot> snapshot) {
    return Objects.requireNonNull(snapshot.get(tenant), tenant);
  }
}
