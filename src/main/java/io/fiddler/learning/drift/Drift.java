package io.fiddler.learning.drift;

import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.correction.RunningWindow;
import io.fiddler.placement.correction.TrafficEstimate;
import io.fiddler.placement.drift.Divergence;
import io.fiddler.placement.drift.Threshold;
import io.fiddler.placement.drift.Threshold.Crossing;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares the hit rate with the forecast, and the layers' histograms with those of the history
/// behind the placement; says so in one line when a threshold is crossed. Observations come from
/// one thread; the status may be read from any.
public final class Drift {
  private static final Logger LOG = LoggerFactory.getLogger(Drift.class);

  /// Assignments an expert before a hit rate is shown, and before anything is judged.
  private static final double SHOWN_PER_EXPERT = 8;

  private static final double JUDGED_PER_EXPERT = 100;

  private static final double HALF_LIFE_PER_EXPERT = 500;

  private final Threshold hitRateThreshold;
  private final Threshold divergenceThreshold;
  private final ExpertGrid grid;
  private final HitRateNow hitRate;
  private final HourlyDivergence hourly;
  private Optional<HitRateForecast> lastForecast = Optional.empty();
  private volatile DriftStatus status = DriftStatus.UNKNOWN;

  /// Nothing seen yet.
  public Drift(DriftOptions options, ExpertGrid grid) {
    this.hitRateThreshold = new Threshold(options.hitRate());
    this.divergenceThreshold = new Threshold(options.divergence());
    this.grid = grid;
    this.hitRate = new HitRateNow(HALF_LIFE_PER_EXPERT * Math.max(1, grid.size()));
    this.hourly = new HourlyDivergence(grid);
  }

  /// What was seen since the last observation.
  ///
  /// @param now the time
  /// @param counted activations since then
  /// @param traffic the running window, these included
  /// @param assignments since the placement in force was applied
  public record Observation(
      Instant now,
      ActivationSnapshot counted,
      TrafficEstimate traffic,
      PhaseAssignments assignments) {}

  /// Takes one in.
  ///
  /// @param forecast of the placement in force; empty before the first
  /// @param history behind it; empty if there is none or it is not known
  public void observe(
      Observation seen,
      Optional<HitRateForecast> forecast,
      Optional<ActivationStatistics> history) {
    double @Nullable [] past =
        history.filter(known -> !known.isEmpty()).map(Drift::counts).orElse(null);
    double dispersion = seen.traffic().dispersion();
    hitRate.add(seen.assignments());
    if (!forecast.equals(lastForecast)) {
      // Its promise is of the time from now on.
      hitRate.restart();
      lastForecast = forecast;
    }
    hourly.add(seen.counted(), seen.now(), past, dispersion);
    Double rate = isEnough(hitRate.total(), SHOWN_PER_EXPERT) ? hitRate.rate() : null;
    Double promised = forecast.map(HitRateForecast::overall).orElse(null);
    Double difference = rate == null || promised == null ? null : rate - promised;
    RunningWindow window = seen.traffic().window();
    Divergence divergence =
        past == null || !isEnough(window.total(), JUDGED_PER_EXPERT)
            ? null
            : Divergence.between(grid, counts(window), past, dispersion);
    warn(difference, divergence, rate, promised);
    status =
        new DriftStatus(
            rate,
            promised,
            difference,
            divergence == null ? null : divergence.mean(),
            divergence == null ? null : divergence.max(),
            divergence == null ? null : divergence.layer(),
            hitRateThreshold.isAbove() || divergenceThreshold.isAbove(),
            hourly.hours());
  }

  private boolean isEnough(double assignments, double perExpert) {
    return assignments >= Math.max(1, perExpert * grid.size());
  }

  private void warn(
      @Nullable Double difference,
      @Nullable Divergence divergence,
      @Nullable Double rate,
      @Nullable Double promised) {
    if (difference != null && isEnough(hitRate.total(), JUDGED_PER_EXPERT)) {
      say(
          hitRateThreshold.next(-difference),
          "the hit rate is %.3f, the placement's forecast is %.3f".formatted(rate, promised));
    }
    if (divergence != null) {
      say(
          divergenceThreshold.next(divergence.mean()),
          "its experts differ by %.3f bits from the history behind the placement, by %.3f in layer %d"
              .formatted(divergence.mean(), divergence.max(), divergence.layer()));
    }
  }

  private static void say(Crossing crossing, String what) {
    switch (crossing) {
      case UP -> LOG.warn("The traffic has drifted: {}", what);
      case DOWN -> LOG.info("The traffic is back: {}", what);
      case NONE -> {}
    }
  }

  /// How it is now.
  public DriftStatus status() {
    return status;
  }

  private static double[] counts(ActivationStatistics statistics) {
    double[] counts = new double[statistics.grid().size()];
    for (int index = 0; index < counts.length; index++) {
      for (Phase phase : Phase.values()) {
        counts[index] += statistics.count(phase, index);
      }
    }
    return counts;
  }

  private static double[] counts(RunningWindow window) {
    double[] counts = new double[window.grid().size()];
    for (int index = 0; index < counts.length; index++) {
      counts[index] = window.count(index);
    }
    return counts;
  }
}
