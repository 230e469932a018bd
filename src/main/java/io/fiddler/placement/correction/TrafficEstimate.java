package io.fiddler.placement.correction;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import java.util.Collection;

/// Which share of all assignments goes to each expert now: what a running window counted, `n(e)` of
/// `N`, with the history's share `h(e)` as the prior that counts as much as `P` assignments:
///
///     share(e) = (n(e) + P h(e)) / (N + P)
///
/// `P` is some ten assignments an expert: a few requests of another workload outweigh years of
/// history, and until then the history keeps a handful of tokens from deciding. A chunk of traffic
/// that differs from the window more than chunks of one workload do halves what the window knows:
/// so the window is long where traffic stays, and short where it changes. Not thread-safe.
///
/// The numbers were found by replaying the routing of five workloads, see
/// `src/docs/correction.md`.
public final class TrafficEstimate {
  private static final double HALF_LIFE_PER_EXPERT = 1000;
  private static final double PRIOR_PER_EXPERT = 40;

  /// Times the usual difference between two chunks.
  private static final double CHANGE = 3;

  private static final double KEPT_OF_THE_WINDOW = 0.5;

  private final RunningWindow window;
  private final Chunks chunks;
  private final Dispersion dispersion = new Dispersion();
  private final double priorWeight;
  private Sample windowBefore;
  private double[] prior;

  /// Nothing counted.
  ///
  /// @param prior the history's shares by dense index, see {@link Prior}
  public TrafficEstimate(ExpertGrid grid, double[] prior) {
    this.window = new RunningWindow(grid, HALF_LIFE_PER_EXPERT);
    this.chunks = new Chunks(grid.size());
    this.priorWeight = PRIOR_PER_EXPERT * Math.max(1, grid.size());
    this.windowBefore = window.sample();
    this.prior = prior.clone();
  }

  /// Another history, the same window.
  public void prior(double[] shares) {
    prior = shares.clone();
  }

  /// Adds what was counted in the last `elapsedNanos`.
  public void add(ActivationSnapshot counted, long elapsedNanos) {
    window.add(counted, elapsedNanos);
    chunks.add(counted).ifPresent(this::compare);
  }

  private void compare(Sample chunk) {
    if (chunk.differenceFrom(windowBefore) > CHANGE * dispersion.value()) {
      window.keep(KEPT_OF_THE_WINDOW);
    }
    dispersion.add(chunk);
    windowBefore = window.sample();
  }

  /// What was counted lately.
  public RunningWindow window() {
    return window;
  }

  /// Variance of the counts over that of independent draws.
  public double dispersion() {
    return dispersion.value();
  }

  /// Expected share of all assignments, in [0, 1], by dense index.
  public double share(int index) {
    return (window.count(index) + priorWeight * prior[index]) / (window.total() + priorWeight);
  }

  /// All shares, by dense index; they add up to 1.
  public double[] shares() {
    double[] shares = new double[window.grid().size()];
    for (int index = 0; index < shares.length; index++) {
      shares[index] = share(index);
    }
    return shares;
  }

  /// Standard error of the difference of two shares: that of two cells of a multinomial sample,
  /// with as much dispersion as seen.
  double standardError(double share, double other) {
    double difference = share - other;
    return Math.sqrt(Math.max(0, share + other - difference * difference) / effectiveSample());
  }

  /// The hit rate expected of resident experts.
  public double hitRate(Collection<ExpertId> resident) {
    double rate = 0;
    for (ExpertId id : resident) {
      rate += share(window.grid().indexOf(id));
    }
    return Math.clamp(rate, 0.0, 1.0);
  }

  /// Half the width of the interval that nine of ten such windows with this hit rate fall into.
  public double uncertainty(double hitRate) {
    return Math.min(1, 1.645 * Math.sqrt(hitRate * (1 - hitRate) / effectiveSample()));
  }

  /// Independent draws that tell as much.
  private double effectiveSample() {
    return (window.total() + priorWeight) / dispersion.value();
  }
}
