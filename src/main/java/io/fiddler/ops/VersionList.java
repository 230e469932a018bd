package io.fiddler.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fiddler.usage.version.Achieved;
import io.fiddler.usage.version.VersionSummary;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Recorded placements as `GET /actuator/placements` shows them.
///
/// @param placements newest first
record VersionList(List<Row> placements) {
  /// One of them. Hit rates are in [0, 1].
  ///
  /// @param version global id
  /// @param createdAt when it was planned
  /// @param author `startup`, `operator` or `automatic`
  /// @param by who asked for it; null if nobody did
  /// @param replica which service process planned it
  /// @param policy how it was planned
  /// @param reason why
  /// @param windowStart begin of the statistics it was made from
  /// @param windowEnd their end; null without history
  /// @param experts how many it wants on the device
  /// @param forecastHitRate promised, over both phases
  /// @param forecastUncertainty half the width of the interval around it
  /// @param achievedHitRate achieved, over both phases; null before the first step
  /// @param achievedAssignments how many assignments that is made of
  /// @param current whether it is in force on the replica that answers
  /// @param pinned whether it is held there
  @JsonInclude
  record Row(
      long version,
      Instant createdAt,
      String author,
      @Nullable String by,
      String replica,
      String policy,
      @Nullable String reason,
      @Nullable Instant windowStart,
      @Nullable Instant windowEnd,
      int experts,
      double forecastHitRate,
      double forecastUncertainty,
      @Nullable Double achievedHitRate,
      long achievedAssignments,
      boolean current,
      boolean pinned) {
    static Row of(VersionSummary version, long inForce, long pinned) {
      Achieved achieved = version.achieved();
      return new Row(
          version.id(),
          version.createdAt(),
          Text.lower(version.author()),
          version.by(),
          version.replica(),
          version.policy(),
          version.reason(),
          version.windowStart(),
          version.windowEnd(),
          version.experts(),
          version.forecast().overall(),
          version.forecast().uncertainty(),
          achieved == null ? null : Double.valueOf(achieved.overall().rate()),
          achieved == null ? 0 : achieved.overall().assignments(),
          version.id() == inForce,
          version.id() == pinned);
    }
  }
}
