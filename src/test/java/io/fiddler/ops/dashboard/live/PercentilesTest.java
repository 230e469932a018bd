package io.fiddler.ops.dashboard.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationCosts;
import io.fiddler.engine.GenerationReport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class PercentilesTest {
  @Test
  void ofNanos_isTheNearestRank() {
    assertThat(Percentiles.ofNanos(millis(1, 100))).isEqualTo(new Percentiles(50, 95, 99));
    assertThat(Percentiles.ofNanos(millis(7, 7))).isEqualTo(new Percentiles(7, 7, 7));
    assertThat(Percentiles.ofNanos(new long[0])).isNull();
  }

  @Test
  void latencies_areOfTheLatestGenerationsOnly() {
    LatestGenerations latest = new LatestGenerations();
    latest.onGeneration(generation(5, 1_000, 100_000));
    for (int i = 0; i < LatestGenerations.KEPT; i++) {
      latest.onGeneration(generation(11, 10, 110));
    }

    assertThat(latest.latencies())
        .isEqualTo(
            new Latencies(
                LatestGenerations.KEPT,
                new Percentiles(10, 10, 10),
                new Percentiles(10, 10, 10),
                new Percentiles(110, 110, 110)));
  }

  @Test
  void latencies_leaveOutWhatThereWasNot() {
    LatestGenerations latest = new LatestGenerations();
    assertThat(latest.latencies()).isEqualTo(new Latencies(0, null, null, null));

    latest.onGeneration(generation(0, 0, 3));
    assertThat(latest.latencies())
        .isEqualTo(new Latencies(1, null, null, new Percentiles(3, 3, 3)));
  }

  private static GenerationReport generation(int tokens, long firstMillis, long totalMillis) {
    return new GenerationReport(
        FinishReason.LENGTH,
        1,
        tokens,
        0,
        firstMillis * 1_000_000,
        totalMillis * 1_000_000,
        AssignmentCounts.NONE,
        AssignmentCounts.NONE,
        GenerationCosts.NONE,
        1,
        1);
  }

  private static long[] millis(long first, long last) {
    return LongStream.rangeClosed(first, last).map(millis -> millis * 1_000_000).toArray();
  }
}
