package io.fiddler.placement;

import io.fiddler.expert.ExpertGrid;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// What policies plan from: how often each expert was chosen, seen in several ways.
///
/// @param decayed over all tenants; an activation counts half once it is as old as the half-life
/// @param recent the same with a short half-life: what the traffic is now
/// @param byTenant `decayed` for each tenant; the sum over them is `decayed`
/// @param buckets over all tenants, as counted, oldest first, not overlapping; the older, the
///   wider. They tell how much traffic varies over time
public record PastActivations(
    ActivationStatistics decayed,
    ActivationStatistics recent,
    Map<String, ActivationStatistics> byTenant,
    List<TimeBucket> buckets) {
  public PastActivations {
    byTenant = Map.copyOf(byTenant);
    buckets = buckets.stream().sorted(Comparator.comparing(TimeBucket::start)).toList();
  }

  /// No history.
  public static PastActivations none(ExpertGrid grid) {
    return of(new ActivationStatistics(grid));
  }

  /// Statistics of which no more is known.
  public static PastActivations of(ActivationStatistics statistics) {
    return new PastActivations(statistics, statistics, Map.of(), List.of());
  }

  /// The experts counted.
  public ExpertGrid grid() {
    return decayed.grid();
  }

  /// Whether nothing was counted.
  public boolean isEmpty() {
    return decayed.isEmpty();
  }
}
