package io.fiddler.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class SpreadTest {
  @Test
  void spread_hasQuantilesBetweenNeighbours() {
    List<Double> values = DoubleStream.of(5, 1, 4, 2, 3, 6, 9, 8, 7, 10, 11).boxed().toList();
    assertThat(Spread.of(values)).isEqualTo(new Spread(6, 1, 2, 10, 11, 11));
    assertThat(Spread.of(List.of(1.0, 2.0))).isEqualTo(new Spread(1.5, 1, 1.1, 1.9, 2, 2));
    assertThat(Spread.of(List.of(3.0))).isEqualTo(new Spread(3, 3, 3, 3, 3, 1));
    assertThat(Spread.of(List.of())).isNull();
  }
}
