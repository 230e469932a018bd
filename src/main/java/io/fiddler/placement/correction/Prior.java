package io.fiddler.placement.correction;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import java.util.Arrays;

/// Shares of all assignments, as the past tells them; they add up to 1.
public final class Prior {
  private Prior() {}

  /// Of a history; even without one.
  public static double[] of(ActivationStatistics history) {
    double[] shares = new double[history.grid().size()];
    for (int index = 0; index < shares.length; index++) {
      for (Phase phase : Phase.values()) {
        shares[index] += history.count(phase, index);
      }
    }
    return normal(shares);
  }

  /// Of a placement, where no more is known: its experts share the hit rate it forecasts, the
  /// others the rest.
  public static double[] of(Placement placement, ExpertGrid grid) {
    int wanted = placement.experts().size();
    double hitRate = Math.clamp(placement.forecast().overall(), 0.0, 1.0);
    double[] shares = new double[grid.size()];
    Arrays.fill(shares, (1 - hitRate) / Math.max(1, grid.size() - wanted));
    for (ScoredExpert expert : placement.experts()) {
      shares[grid.indexOf(expert.id())] = hitRate / wanted;
    }
    return normal(shares);
  }

  private static double[] normal(double[] shares) {
    double total = Arrays.stream(shares).sum();
    if (total > 0) {
      Arrays.setAll(shares, index -> shares[index] / total);
    } else {
      Arrays.fill(shares, 1.0 / Math.max(1, shares.length));
    }
    return shares;
  }
}
