package io.fiddler.learning.drift;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far the traffic is from what the placement in force was made for.
///
/// @param hitRateNow of the latest assignments; null before enough of them
/// @param forecast of the placement in force; null before the first
/// @param difference `hitRateNow - forecast`; null if one of them is
/// @param divergence of the layers' histograms now from those of the history behind the placement,
///   mean over the layers, in bits; null without history or before enough assignments
/// @param maxDivergence the largest of a layer
/// @param maxDivergenceLayer which layer's that is
/// @param drifting whether a threshold is crossed
/// @param hours the same by hour, latest first
public record DriftStatus(
    @Nullable Double hitRateNow,
    @Nullable Double forecast,
    @Nullable Double difference,
    @Nullable Double divergence,
    @Nullable Double maxDivergence,
    @Nullable Integer maxDivergenceLayer,
    boolean drifting,
    List<Hour> hours) {
  /// Nothing known.
  public static final DriftStatus UNKNOWN =
      new DriftStatus(null, null, null, null, null, null, false, List.of());

  public DriftStatus {
    hours = List.copyOf(hours);
  }

  /// One hour against the history.
  ///
  /// @param start its begin
  /// @param assignments counted in it
  /// @param divergence mean over the layers, in bits
  /// @param maxDivergence the largest of a layer
  public record Hour(Instant start, long assignments, double divergence, double maxDivergence) {}
}
