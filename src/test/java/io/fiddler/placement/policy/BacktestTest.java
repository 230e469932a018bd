package io.fiddler.placement.policy;

import static io.fiddler.placement.policy.SyntheticTraffic.GRID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.Forecasts;
import io.fiddler.placement.FrequencyPolicy;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.placement.TimeBucket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BacktestTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void plans_knowWhatWasBefore_andAreScoredOnWhatCame() {
    List<TimeBucket> hours =
        List.of(only(0, 1, 1_000), only(1, 1, 1_000), only(2, 2, 1_000), only(3, 2, 1_000));

    Backtest test = backtest(hours, HOUR);

    assertThat(test.plans()).extracting(Backtest.Plan::at).containsExactly(at(1), at(2), at(3));
    assertThat(test.plans()).extracting(plan -> plan.score(1)).containsExactly(1.0, 0.0, 0.0);
    assertThat(test.plans()).extracting(Backtest.Plan::forecast).allMatch(rate -> rate > 0.6);
    assertThat(test.covered()).isEqualTo(Duration.ofHours(3));
  }

  @Test
  void plans_areTheSame_whateverComesAfter() {
    SplittableRandom random = new SplittableRandom(3);
    List<TimeBucket> hours = SyntheticTraffic.hours(12, 0.9, random);
    List<TimeBucket> otherEnd = new ArrayList<>(hours.subList(0, 8));
    otherEnd.add(only(8, 5, 9_000));

    List<Double> forecasts = forecasts(hours).subList(0, 7);

    assertThat(forecasts(otherEnd).subList(0, 7)).isEqualTo(forecasts);
  }

  @Test
  void knownStatistics_areThoseThatAHistoryTells() {
    List<TimeBucket> hours = SyntheticTraffic.hours(10, 0.5, new SplittableRandom(4));
    PastActivations told = SyntheticTraffic.past(hours.subList(0, 9));

    PastActivations known =
        Walk.of(SyntheticTraffic.past(hours), HalfLives.DEFAULT, HOUR).getLast().known();

    for (int index = 0; index < GRID.size(); index++) {
      for (Phase phase : Phase.values()) {
        assertThat(known.decayed().count(phase, index))
            .isCloseTo(told.decayed().count(phase, index), within(1e-6));
        assertThat(known.recent().count(phase, index))
            .isCloseTo(told.recent().count(phase, index), within(1e-6));
      }
    }
    assertThat(known.buckets()).isEqualTo(hours.subList(0, 9));
  }

  @Test
  void plans_serveForTheHorizon() {
    List<TimeBucket> hours = SyntheticTraffic.hours(30, 0.9, new SplittableRandom(5));

    Backtest test = backtest(hours, Backtest.A_DAY);

    assertThat(test.plans()).hasSize(29);
    assertThat(test.plans().getFirst().hours()).hasSize(24);
    assertThat(test.plans().getLast().hours()).hasSize(1);
  }

  @Test
  void bucketsOfFewCounts_arePassedOver_butKnown() {
    List<TimeBucket> hours = List.of(only(0, 1, 40), only(1, 2, 40), only(2, 1, 1_000));

    Backtest test = backtest(hours, HOUR);

    assertThat(test.plans()).extracting(Backtest.Plan::at).containsExactly(at(2));
  }

  @Test
  void score_weighsDecoding() {
    ActivationStatistics counts = new ActivationStatistics(GRID);
    counts.add(Phase.PREFILL, 0, 1, 300);
    counts.add(Phase.DECODE, 0, 2, 100);
    List<TimeBucket> hours = List.of(only(0, 1, 1_000), SyntheticTraffic.bucket(1, counts));

    Backtest.Plan plan = backtest(hours, HOUR).plans().getFirst();

    assertThat(plan.score(1)).isEqualTo(0.75);
    assertThat(plan.score(6)).isCloseTo(1.0 / 3, within(1e-9));
  }

  @Test
  void interval_holdsAboutNineOfTenComingHours_whenTrafficWanders() {
    // Wider where hours have nothing in common and forecasts only get better with more of them,
    // narrower where traffic wanders so slowly that the past has not seen it do so.
    for (double steadiness : new double[] {0, 0.5, 0.9, 0.98}) {
      int inside = 0;
      int all = 0;
      for (long seed = 0; seed < 60; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        List<TimeBucket> hours = SyntheticTraffic.hours(40 + 12, steadiness, random);
        int now = 12 + random.nextInt(28);
        Placement placement =
            PolicyCatalogue.withDefaults()
                .policy("frequency")
                .plan(SyntheticTraffic.past(hours.subList(0, now)), 12);
        List<ExpertId> resident = placement.experts().stream().map(ScoredExpert::id).toList();
        for (TimeBucket coming : hours.subList(now, now + 12)) {
          double rate = Forecasts.of(coming.counts(), resident).overall();
          double off = Math.abs(rate - placement.forecast().overall());
          inside += off <= placement.forecast().uncertainty() ? 1 : 0;
          all++;
        }
      }
      assertThat((double) inside / all).as("steadiness %s", steadiness).isBetween(0.82, 0.99);
    }
  }

  private static List<Double> forecasts(List<TimeBucket> hours) {
    return backtest(hours, HOUR).plans().stream().map(Backtest.Plan::forecast).toList();
  }

  private static Backtest backtest(List<TimeBucket> hours, Duration horizon) {
    return Backtest.of(
        new FrequencyPolicy(), SyntheticTraffic.past(hours), HalfLives.DEFAULT, 1, horizon);
  }

  /// An hour in which one expert of layer 0 was chosen and nothing else.
  private static TimeBucket only(int hour, int expert, int count) {
    ActivationStatistics counts = new ActivationStatistics(GRID);
    counts.add(Phase.DECODE, 0, expert, count);
    return SyntheticTraffic.bucket(hour, counts);
  }

  private static Instant at(int hour) {
    return Instant.EPOCH.plus(Duration.ofHours(hour));
  }
}
