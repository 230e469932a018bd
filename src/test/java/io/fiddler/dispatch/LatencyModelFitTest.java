package io.fiddler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.dispatch.LatencyCurve.Point;
import io.fiddler.dispatch.LatencySamples.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LatencyModelFitTest {
  private static final List<Sample> ONE = List.of(new Sample(1, 5));

  @Test
  void fit_takesMedians_inOrderOfRows() {
    LatencyModel model =
        LatencyModelFit.fit(
            new LatencySamples(
                List.of(
                    new Sample(8, 40),
                    new Sample(1, 10),
                    new Sample(1, 9_999),
                    new Sample(8, 42),
                    new Sample(1, 11)),
                ONE,
                List.of(7.0, 700.0, 6.0)));
    assertThat(model.hostNanos().points()).containsExactly(new Point(1, 11), new Point(8, 41));
    assertThat(model.deviceNanos().points()).containsExactly(new Point(1, 5));
    assertThat(model.copyNanos()).isEqualTo(7);
  }

  @Test
  void fit_levelsOut_whenMoreRowsSeemToTakeLess() {
    LatencyModel model =
        LatencyModelFit.fit(
            new LatencySamples(
                List.of(
                    new Sample(1, 10),
                    new Sample(2, 30),
                    new Sample(4, 20),
                    new Sample(8, 22),
                    new Sample(16, 50)),
                ONE,
                List.of(1.0)));
    assertThat(model.hostNanos().points())
        .containsExactly(
            new Point(1, 10),
            new Point(2, 24),
            new Point(4, 24),
            new Point(8, 24),
            new Point(16, 50));
  }

  @Test
  void fit_findsTheCurve_despiteNoisyNeighbours() {
    long seed = 3;
    SplittableRandom random = new SplittableRandom(seed);
    List<Sample> samples = new ArrayList<>();
    for (int rows = 1; rows <= 64; rows *= 2) {
      for (int repeat = 0; repeat < 15; repeat++) {
        double nanos = (1_000 + 50 * rows) * random.nextDouble(0.98, 1.02);
        samples.add(new Sample(rows, random.nextInt(5) == 0 ? nanos * 20 : nanos));
      }
    }
    LatencyCurve curve =
        LatencyModelFit.fit(new LatencySamples(samples, ONE, List.of(1.0))).hostNanos();
    for (int rows = 1; rows <= 64; rows++) {
      assertThat(curve.at(rows))
          .as("%d rows, seed %d", rows, seed)
          .isBetween(0.95 * (1_000 + 50 * rows), 1.05 * (1_000 + 50 * rows));
      assertThat(curve.at(rows + 1)).isGreaterThanOrEqualTo(curve.at(rows));
    }
  }

  @Test
  void fit_isRefused_whenALaneWasNotMeasured() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LatencyModelFit.fit(new LatencySamples(ONE, List.of(), List.of(1.0))))
        .withMessage("a latency model needs samples of host, device and copy, got none of device");
  }

  @Test
  void curve_isConstantThenLinearThenProportional() {
    LatencyCurve curve = new LatencyCurve(List.of(new Point(2, 100), new Point(4, 300)));
    assertThat(curve.at(1)).isEqualTo(100);
    assertThat(curve.at(2)).isEqualTo(100);
    assertThat(curve.at(3)).isEqualTo(200);
    assertThat(curve.at(8)).isEqualTo(600);
  }

  @Test
  void curve_isRefused_whenPointsAreOutOfOrderOrImpossible() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LatencyCurve(List.of(new Point(2, 1), new Point(2, 1))))
        .withMessageContaining("got 2 after 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Point(0, 1))
        .withMessageContaining("got 0 rows");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Point(1, Double.NaN))
        .withMessageContaining("NaN");
    LatencyCurve curve = new LatencyCurve(List.of(new Point(1, 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LatencyModel(curve, curve, -1))
        .withMessage("copyNanos must be finite and at least 0, got -1.0");
  }
}
