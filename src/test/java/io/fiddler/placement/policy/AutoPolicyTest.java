package io.fiddler.placement.policy;

import static io.fiddler.placement.policy.SyntheticTraffic.GRID;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.EvenSpreadPolicy;
import io.fiddler.placement.FrequencyPolicy;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.placement.TimeBucket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class AutoPolicyTest {
  private final PlacementPolicy auto = PolicyCatalogue.withDefaults().standard();

  @Test
  void experts_areSpreadEvenly_withoutAHistory() {
    PastActivations none = PastActivations.none(GRID);

    Placement placement = auto.plan(none, 12);

    assertThat(placement.policy()).isEqualTo("even");
    assertThat(placement.experts()).isEqualTo(new EvenSpreadPolicy().plan(none, 12).experts());
    assertThat(placement.forecast().uncertainty()).isEqualTo(1);
    assertThat(PolicyChoice.of(placement)).hasValue("chosen for want of a history");
  }

  @Test
  void frequency_isUsedUntested_whenThereIsLittleHistory() {
    PastActivations past = past(SyntheticTraffic.hours(4, 0.9, new SplittableRandom(1)));

    Placement placement = auto.plan(past, 12);

    assertThat(placement.policy()).isEqualTo("frequency");
    assertThat(placement.experts()).isEqualTo(new FrequencyPolicy().plan(past, 12).experts());
    assertThat(PolicyChoice.of(placement))
        .hasValue("chosen by default, with 3 of the 4 hours it takes to compare policies");
  }

  @Test
  void frequency_isUsed_whenTrafficIsSteady() {
    // What wins here wins by chance.
    int frequency = 0;
    for (long seed = 0; seed < 20; seed++) {
      List<TimeBucket> hours = SyntheticTraffic.hours(30, 1, new SplittableRandom(seed));
      Placement placement = auto.plan(past(hours), 12);
      frequency += placement.policy().equals("frequency") ? 1 : 0;
      assertThat(placement.forecast().uncertainty()).isLessThan(0.05);
    }
    assertThat(frequency).isGreaterThanOrEqualTo(19);
  }

  @Test
  void recentTraffic_isFollowed_whenTheOldDoesNotComeBack_andTheMarginIsTold() {
    List<TimeBucket> hours =
        new ArrayList<>(SyntheticTraffic.hours(24, 1, new SplittableRandom(1)));
    for (TimeBucket later : SyntheticTraffic.hours(24, 1, new SplittableRandom(2))) {
      hours.add(SyntheticTraffic.bucket(hours.size(), later.counts()));
    }

    Placement placement = auto.plan(past(hours), 12);

    assertThat(placement.policy()).isEqualTo("blend");
    assertThat(PolicyChoice.of(placement).orElseThrow())
        .matches(
            "chosen by backtest over 47 hours with a hit rate of 0\\.\\d{3}:"
                + " \\+0\\.\\d{3} over frequency, \\+0\\.\\d{3} over even");
  }

  @Test
  void decodeWeighted_isUsed_whenPhasesDifferAndDecodingCounts() {
    List<TimeBucket> hours = new ArrayList<>();
    for (int hour = 0; hour < 12; hour++) {
      ActivationStatistics counts = new ActivationStatistics(GRID);
      counts.add(Phase.PREFILL, 0, 0, 900 + hour % 3);
      counts.add(Phase.DECODE, 0, 1, 300 + hour % 2);
      hours.add(SyntheticTraffic.bucket(hour, counts));
    }
    PolicyCatalogue decoding = new PolicyCatalogue(HalfLives.DEFAULT, 4, "auto");

    assertThat(decoding.standard().plan(past(hours), 1).policy()).isEqualTo("decode-weighted");
    assertThat(auto.plan(past(hours), 1).policy()).isEqualTo("frequency");
  }

  @Test
  void plans_areReproducible() {
    PastActivations past = past(SyntheticTraffic.hours(20, 0.7, new SplittableRandom(8)));

    assertThat(auto.plan(past, 12)).isEqualTo(auto.plan(past, 12));
  }

  private static PastActivations past(List<TimeBucket> hours) {
    return SyntheticTraffic.past(hours);
  }
}
