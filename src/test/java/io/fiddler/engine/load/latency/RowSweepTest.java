package io.fiddler.engine.load.latency;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.dispatch.LatencySamples.Sample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowSweepTest {
  private static final double PLENTY = 1e15;

  @ParameterizedTest
  @CsvSource({"1, 1", "8, 1 2 4 8", "12, 1 2 4 8 12", "64, 1 2 4 8 16 32 64"})
  void everyPowerOfTwo_andTheLargestNumberOfRows_isMeasured(int maxRows, String expected) {
    List<Integer> told = new ArrayList<>();
    List<Sample> samples = new RowSweep(PLENTY, 3).run(maxRows, told::add, (rows, _) -> 10 * rows);
    assertThat(told.stream().map(String::valueOf).toList()).containsExactly(expected.split(" "));
    assertThat(samples).hasSize(3 * told.size());
    assertThat(samples.getLast()).isEqualTo(new Sample(maxRows, 10.0 * maxRows));
  }

  @Test
  void firstRun_doesNotCount_whereThereIsTimeForMore() {
    int[] calls = new int[1];
    List<Sample> samples = new RowSweep(PLENTY, 2).run(1, rows -> {}, (_, _) -> calls[0]++);
    assertThat(samples).containsExactly(new Sample(1, 1), new Sample(1, 2));
  }

  @Test
  void oneRow_isMeasuredOnce_whenThereIsNoTime() {
    List<Sample> samples = new RowSweep(0, 7).run(64, rows -> {}, (_, _) -> 5);
    assertThat(samples).containsExactly(new Sample(1, 5));
  }

  @Test
  void measurement_isToldWhatToExpect() {
    List<Double> expected = new ArrayList<>();
    new RowSweep(PLENTY, 1)
        .run(
            2,
            rows -> {},
            (rows, nanos) -> {
              expected.add(nanos);
              return 1000 * rows;
            });
    assertThat(expected.subList(1, 4)).containsExactly(1000.0, 1000.0, 2000.0);
  }
}
