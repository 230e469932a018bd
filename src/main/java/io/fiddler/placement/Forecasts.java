package io.fiddler.placement;

import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/// What hit rate to expect of resident experts. Pure.
public final class Forecasts {
  private Forecasts() {}

  /// The share of the counted assignments that `resident` experts would have served: the hit rate
  /// if the traffic stays as it was. A phase that was never counted is expected to do as well as
  /// the other; without any counts, see {@link #ofCapacity}.
  public static HitRateForecast of(ActivationStatistics statistics, Collection<ExpertId> resident) {
    if (statistics.isEmpty()) {
      return ofCapacity(resident.size(), statistics.grid().size());
    }
    List<Integer> indices = resident.stream().map(statistics.grid()::indexOf).distinct().toList();
    double prefillHits = hits(statistics, Phase.PREFILL, indices);
    double decodeHits = hits(statistics, Phase.DECODE, indices);
    double prefillTotal = statistics.total(Phase.PREFILL);
    double decodeTotal = statistics.total(Phase.DECODE);
    double overall = share(prefillHits + decodeHits, prefillTotal + decodeTotal);
    return new HitRateForecast(
        overall,
        prefillTotal > 0 ? share(prefillHits, prefillTotal) : overall,
        decodeTotal > 0 ? share(decodeHits, decodeTotal) : overall);
  }

  /// The share of the decayed counts, with the uncertainty that this placement's hit rates in the
  /// buckets show: each bucket's deviates from the share, and counts by its age. A placement made
  /// from the same buckets suits them better than those to come; {@link
  /// io.fiddler.placement.policy.Backtest} does not look ahead.
  public static HitRateForecast of(PastActivations past, Collection<ExpertId> resident) {
    HitRateForecast forecast = of(past.decayed(), resident);
    if (past.isEmpty()) {
      return forecast;
    }
    Uncertainty uncertainty = new Uncertainty();
    List<TimeBucket> buckets = past.buckets().stream().filter(TimeBucket::isTelling).toList();
    for (TimeBucket bucket : buckets) {
      Duration age = Duration.between(bucket.middle(), buckets.getLast().middle());
      uncertainty.add(
          of(bucket.counts(), resident).overall() - forecast.overall(),
          HalfLives.decay(age, HalfLives.DEFAULT.decayed()));
    }
    return forecast.with(uncertainty.halfWidth());
  }

  /// The share of all experts that is resident: what to expect if every expert is as likely.
  public static HitRateForecast ofCapacity(int resident, int numExperts) {
    double share = numExperts == 0 ? 0 : share(resident, numExperts);
    return new HitRateForecast(share, share, share);
  }

  private static double hits(ActivationStatistics statistics, Phase phase, List<Integer> indices) {
    double hits = 0;
    for (int index : indices) {
      hits += statistics.count(phase, index);
    }
    return hits;
  }

  /// Rounding of fractional counts must not promise more than everything.
  private static double share(double part, double whole) {
    return Math.clamp(part / whole, 0.0, 1.0);
  }
}
