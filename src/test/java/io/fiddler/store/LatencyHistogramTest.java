package io.fiddler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LatencyHistogramTest {
  private final TestStore store = TestStore.create();

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void percentile_isWithinTwoPercent_ofAnyLatencyUpToADay() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 500; i++) {
      double millis = Math.exp(Math.log(86_400_000) * random.nextDouble());
      assertThat(histogram("array[%s]".formatted(millis)).percentile(0.5))
          .as("%s ms", millis)
          .isCloseTo(millis, within(millis * 0.02));
    }
  }

  @Test
  void percentile_isNull_whenNothingWasCounted() {
    assertThat(new LatencyHistogram().percentile(0.5)).isNull();
    assertThat(histogram("null::double precision[]").percentile(0.95)).isNull();
  }

  @Test
  void percentile_isOfTheRequestAtThatRank() {
    LatencyHistogram histogram = histogram("array[1, 100, 10000]");
    assertThat(histogram.percentile(0.33)).isEqualTo(1);
    assertThat(histogram.percentile(0.34)).isCloseTo(100, within(2.0));
    assertThat(histogram.percentile(1)).isCloseTo(10000, within(200.0));
    histogram.add("{100}");
    assertThat(histogram.percentile(0.9)).isEqualTo(1);
  }

  @Test
  void percentile_isTheSame_whereTheDatabaseComputesIt() {
    for (double rank : new double[] {0, 0.01, 0.5, 0.74, 0.75, 0.95, 1}) {
      String latencies = "array[0.5, 3, 100, 70000]";
      Double ofTheDatabase =
          store
              .jdbc()
              .sql(
                  "select histogram_percentile(bucket_counts(array(select latency_bucket(x) from unnest(%s) x)), ?)"
                      .formatted(latencies))
              .param(rank)
              .query(Double.class)
              .single();
      assertThat(histogram(latencies).percentile(rank)).isCloseTo(ofTheDatabase, within(1e-6));
    }
    assertThat(
            store
                .jdbc()
                .sql("select histogram_percentile('{}', 0.5) is null")
                .query(Boolean.class)
                .single())
        .isTrue();
  }

  @Test
  void bucket_existsForAnyNumber() {
    assertThat(
            store
                .jdbc()
                .sql(
                    "select latency_bucket(x) from unnest(array[-1, 0, 1, 1.01, 1e300, 'Infinity', '-Infinity', 'NaN']::double precision[]) x")
                .query(Integer.class)
                .list())
        .containsExactly(1, 1, 1, 2, 460, 460, 1, 460);
  }

  private LatencyHistogram histogram(String latencies) {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.add(
        store
            .jdbc()
            .sql(
                "select bucket_counts(array(select latency_bucket(x) from unnest(%s) x))::text"
                    .formatted(latencies))
            .query(String.class)
            .single());
    return histogram;
  }
}
