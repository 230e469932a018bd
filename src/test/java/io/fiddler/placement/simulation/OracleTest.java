package io.fiddler.placement.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.dispatch.StepBudget;
import io.fiddler.expert.ExpertGrid;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OracleTest {
  private static final SimulatedModel SMALL =
      new SimulatedModel(new ExpertGrid(List.of(4, 4)), 2, 1_000, 1);

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 1", "3, 2", "4, 3", "5, 4", "6, 5", "7, 7", "8, 8"})
  void hits_areTheMostPossible_asAllWaysTriedOutShow(long seed, int capacity) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 40; round++) {
      Workload workload = workload(random, 1 + random.nextInt(12));

      assertThat(hits(workload, capacity))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(mostHits(workload, capacity));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void hits_doNotFall_withMoreRoom(long seed) {
    Workload workload = workload(new SplittableRandom(seed), 500);
    long before = -1;
    for (int capacity = 0; capacity <= SMALL.grid().size(); capacity++) {
      long hits = hits(workload, capacity);
      assertThat(hits).as("capacity %d, seed %d", capacity, seed).isGreaterThanOrEqualTo(before);
      before = hits;
    }
    assertThat(before).isEqualTo(workload.experts().length);
  }

  private static Workload workload(SplittableRandom random, int tokens) {
    return Workload.of(
        SMALL, List.of(RandomTraces.trace(random, SMALL, 1, tokens, 0)), 1, new StepBudget(1, 1));
  }

  private static long hits(Workload workload, int capacity) {
    Oracle oracle = new Oracle(workload, capacity);
    long hits = 0;
    for (int place = 0; place < workload.experts().length; place++) {
      hits += oracle.holds(place, workload.experts()[place]) ? 1 : 0;
    }
    return hits;
  }

  /// Over all contents of the device: the most hits so far with that content, any content at first,
  /// and after a miss the chosen expert in the place of any, or of none.
  private static long mostHits(Workload workload, int capacity) {
    int contents = 1 << workload.model().grid().size();
    long[] best = new long[contents];
    for (int content = 0; content < contents; content++) {
      best[content] = Integer.bitCount(content) <= capacity ? 0 : Long.MIN_VALUE;
    }
    for (char expert : workload.experts()) {
      long[] next = new long[contents];
      Arrays.fill(next, Long.MIN_VALUE);
      int chosen = 1 << expert;
      for (int content = 0; content < contents; content++) {
        if (best[content] < 0) {
          continue;
        }
        if ((content & chosen) != 0) {
          next[content] = Math.max(next[content], best[content] + 1);
          continue;
        }
        next[content] = Math.max(next[content], best[content]);
        for (int other = content; other != 0; other &= other - 1) {
          int replaced = content & ~Integer.lowestOneBit(other) | chosen;
          next[replaced] = Math.max(next[replaced], best[content]);
        }
        if (Integer.bitCount(content) < capacity) {
          next[content | chosen] = Math.max(next[content | chosen], best[content]);
        }
      }
      best = next;
    }
    return Arrays.stream(best).max().orElseThrow();
  }
}
