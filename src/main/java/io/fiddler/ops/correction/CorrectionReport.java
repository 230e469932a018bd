package io.fiddler.ops.correction;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fiddler.expert.ExpertId;
import io.fiddler.learning.correction.CorrectionStatus;
import io.fiddler.placement.correction.Exchange;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Correction in `GET /actuator/placement`.
///
/// @param mode `off`, `suggest` or `automatic`
/// @param holding whether nothing may be moved, because the placement is pinned
/// @param corrections under the version in force
/// @param movedInWindow experts brought to the device since the last version
/// @param lastChange when an expert was moved last; null if none was
/// @param expectedHitRate of the experts wanted now, by the latest traffic
/// @param suggestions exchanges that are worth it now, best first
public record CorrectionReport(
    String mode,
    boolean holding,
    long corrections,
    int movedInWindow,
    @JsonInclude @Nullable Instant lastChange,
    double expectedHitRate,
    List<Suggestion> suggestions) {
  /// An exchange.
  ///
  /// @param layer of the expert that should come
  /// @param load its index in the layer
  /// @param evictLayer of the expert that should go; null if there is room
  /// @param evict its index in the layer
  /// @param gain by how much the hit rate would rise
  public record Suggestion(
      int layer,
      int load,
      @JsonInclude @Nullable Integer evictLayer,
      @JsonInclude @Nullable Integer evict,
      double gain) {
    private static Suggestion of(Exchange exchange) {
      ExpertId evict = exchange.evict();
      return new Suggestion(
          exchange.load().layer(),
          exchange.load().expert(),
          evict == null ? null : evict.layer(),
          evict == null ? null : evict.expert(),
          exchange.gain());
    }
  }

  /// As it is.
  public static CorrectionReport of(CorrectionStatus status) {
    return new CorrectionReport(
        status.mode().name().toLowerCase(Locale.ROOT),
        status.holding(),
        status.epoch(),
        status.movedInWindow(),
        status.lastChange(),
        status.expectedHitRate(),
        status.suggestions().stream().map(Suggestion::of).toList());
  }
}
