package io.fiddler.learning;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.usage.ActivationHistory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A history to which statistics counted elsewhere are added, so that the first start is warm.
///
/// They are added to the long memory as {@value #PER_EXPERT} choices for each expert of the model,
/// or as many as there are if these are less: enough to plan from while there is no history, and
/// soon outweighed by one. They do not decay. They are of no time, so neither the recent memory nor
/// the buckets have them.
///
/// @param history of this service
/// @param elsewhere what was counted elsewhere
public record PrimedHistory(ActivationHistory history, Elsewhere elsewhere)
    implements ActivationHistory {
  private static final int PER_EXPERT = 100;

  /// Statistics counted elsewhere.
  @FunctionalInterface
  public interface Elsewhere {
    /// Those of a model by tenant, empty if there are none.
    Map<String, ActivationStatistics> of(String fingerprint, ExpertGrid grid);
  }

  @Override
  public PastActivations past(
      String fingerprint, ExpertGrid grid, Instant now, HalfLives halfLives) {
    return with(history.past(fingerprint, grid, now, halfLives), elsewhere.of(fingerprint, grid));
  }

  /// What is known without any history.
  public static PastActivations without(Elsewhere elsewhere, String fingerprint, ExpertGrid grid) {
    return with(PastActivations.none(grid), elsewhere.of(fingerprint, grid));
  }

  private static PastActivations with(
      PastActivations past, Map<String, ActivationStatistics> more) {
    double total = more.values().stream().mapToDouble(ActivationStatistics::total).sum();
    if (total == 0) {
      return past;
    }
    ExpertGrid grid = past.grid();
    double factor = Math.min(1, PER_EXPERT * grid.size() / total);
    Map<String, ActivationStatistics> byTenant = new TreeMap<>(past.byTenant());
    ActivationStatistics decayed = ActivationStatistics.sum(grid, List.of(past.decayed()));
    more.forEach((tenant, counts) -> {
      decayed.addAll(counts, factor);
      ActivationStatistics both = new ActivationStatistics(grid);
      both.addAll(byTenant.getOrDefault(tenant, new ActivationStatistics(grid)), 1);
      both.addAll(counts, factor);
      byTenant.put(tenant, both);
    });
    return new PastActivations(decayed, past.recent(), byTenant, past.buckets());
  }
}
