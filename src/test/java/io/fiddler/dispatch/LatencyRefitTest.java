package io.fiddler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.dispatch.LaneObservation.Share;
import io.fiddler.dispatch.LatencyCurve.Point;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LatencyRefitTest {
  private static final LatencyModel MEASURED =
      new LatencyModel(
          new LatencyCurve(List.of(new Point(1, 100), new Point(2, 110), new Point(4, 150))),
          new LatencyCurve(List.of(new Point(1, 10), new Point(4, 12))),
          400);

  private final LatencyRefit refit = new LatencyRefit(MEASURED);

  @Test
  void model_isTheMeasurement_untilSomethingIsObserved() {
    assertThat(refit.refit()).isEqualTo(MEASURED);
    assertThat(refit.corrections()).isEmpty();
    assertThat(refit.residuals()).isEmpty();
  }

  @Test
  void model_followsWhatIsObserved_onThatLaneOnly() {
    // A quarter of an expert with one row takes 30 instead of 25.
    observe(CostLane.HOST, 1, 0.25, 30, 400);

    LatencyModel model = refit.refit();

    assertThat(model.hostNanos().at(1)).isEqualTo(120, within(0.01));
    assertThat(model.deviceNanos()).isEqualTo(MEASURED.deviceNanos());
    assertThat(model.copyNanos()).isEqualTo(400);
  }

  @Test
  void copies_areCorrectedWhateverTheRows() {
    for (int rows : new int[] {1, 7, 300}) {
      observe(CostLane.COPY, rows, 0.5, 160, 200);
    }
    assertThat(refit.refit().copyNanos()).isEqualTo(320, within(0.01));
    assertThat(refit.corrections())
        .singleElement()
        .satisfies(correction -> {
          assertThat(correction.lane()).isEqualTo(CostLane.COPY);
          assertThat(correction.upToRows()).isZero();
          assertThat(correction.factor()).isEqualTo(0.8, within(1e-4));
          assertThat(correction.observations()).isEqualTo(600);
        });
  }

  @Test
  void bucket_takesItsLanesCorrection_whileItHasFewObservations() {
    observe(CostLane.HOST, 1, 1, 150, 15);
    double lane = refit.corrections().getFirst().factor();
    assertThat(refit.refit().hostNanos().at(1)).isEqualTo(100 * lane, within(1e-6));

    observe(CostLane.HOST, 1, 1, 150, 1);
    assertThat(refit.corrections())
        .extracting(Correction::upToRows)
        .containsExactly(0, 1); // the lane, and the bucket of one row
    assertThat(refit.corrections().getFirst().factor()).isGreaterThan(lane);
  }

  @Test
  void curve_neverFalls_whenBucketsAreCorrectedDifferently() {
    observe(CostLane.HOST, 1, 1, 250, 400);
    observe(CostLane.HOST, 4, 1, 100, 400);

    LatencyCurve curve = refit.refit().hostNanos();

    assertThat(curve.at(1)).isEqualTo(250, within(0.1));
    assertThat(curve.points()).extracting(Point::nanos).isSorted();
  }

  @Test
  void oneStalledThread_hardlyMovesTheModel() {
    observe(CostLane.HOST, 1, 1, 100, 100);
    observe(CostLane.HOST, 1, 1, 1e9, 1);
    assertThat(refit.refit().hostNanos().at(1)).isBetween(100.0, 108.0);
  }

  @Test
  void corrections_areBounded() {
    observe(CostLane.HOST, 1, 1, 1e9, 1000);
    observe(CostLane.COPY, 1, 1, 1e-3, 1000);
    assertThat(refit.refit().hostNanos().at(1)).isEqualTo(300, within(1e-6));
    assertThat(refit.refit().copyNanos()).isEqualTo(400 / 3.0, within(1e-6));
  }

  @Test
  void severalExperts_areComparedWithTheirSum() {
    // 110 * 0.5 + 150
    refit.observe(
        new LaneObservation(CostLane.HOST, List.of(new Share(2, 0.5), new Share(4, 1)), 1.1 * 205));
    assertThat(refit.residuals())
        .singleElement()
        .satisfies(residual -> {
          assertThat(residual.upToRows()).isEqualTo(4); // what took most of the time
          assertThat(residual.meanRatio()).isEqualTo(1.1, within(1e-9));
        });
  }

  @Test
  void residuals_compareWithTheModelInForce() {
    observe(CostLane.DEVICE, 1, 1, 20, 1000);
    refit.refit();
    observe(CostLane.DEVICE, 1, 1, 20, 256);

    assertThat(refit.residuals())
        .singleElement()
        .satisfies(residual -> {
          assertThat(residual.count()).isEqualTo(1256);
          assertThat(residual.meanRatio()).isEqualTo((2 * 1000 + 256) / 1256.0, within(1e-3));
          assertThat(residual.p90Ratio()).isEqualTo(1, within(1e-3)); // of the latest 256
        });
  }

  @Test
  void p90_isTheRatioThatNineOfTenAreNotAbove() {
    for (int percent = 1; percent <= 100; percent++) {
      observe(CostLane.HOST, 1, 1, percent, 1);
    }
    assertThat(refit.residuals().getFirst().p90Ratio()).isEqualTo(0.9, within(1e-9));
  }

  @Test
  void sameObservations_giveTheSameModel() {
    LatencyRefit other = new LatencyRefit(MEASURED);
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 2000; i++) {
      CostLane lane = CostLane.values()[random.nextInt(3)];
      LaneObservation observation =
          new LaneObservation(
              lane,
              List.of(new Share(1 + random.nextInt(100), random.nextDouble(0.1, 1))),
              random.nextDouble(1, 1000));
      refit.observe(observation);
      other.observe(observation);
      if (i % 97 == 0) {
        assertThat(refit.refit()).isEqualTo(other.refit());
      }
    }
    assertThat(refit.residuals()).isEqualTo(other.residuals());
    assertThat(refit.model()).isEqualTo(other.model());
  }

  private void observe(CostLane lane, int rows, double experts, double nanos, int times) {
    for (int i = 0; i < times; i++) {
      refit.observe(new LaneObservation(lane, List.of(new Share(rows, experts)), nanos));
    }
  }
}
