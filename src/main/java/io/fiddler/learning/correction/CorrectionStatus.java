package io.fiddler.learning.correction;

import io.fiddler.learning.correction.CorrectionOptions.Mode;
import io.fiddler.placement.correction.Exchange;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How correction is going.
///
/// @param mode whether it moves experts
/// @param holding whether nothing may be moved: the placement is pinned, or the database has not
///   told yet whether it is
/// @param epoch corrections under the version in force
/// @param movedInWindow experts brought to the device since the last version was recorded
/// @param lastChange when an expert was moved last; null if none was
/// @param exchanges experts brought to the device since the start
/// @param copiedBytes their bytes
/// @param failures failed attempts since the start
/// @param expectedHitRate of the experts wanted now, by the traffic as it is now; 0 before any
/// @param suggestions exchanges that are worth it now, best first
public record CorrectionStatus(
    Mode mode,
    boolean holding,
    long epoch,
    int movedInWindow,
    @Nullable Instant lastChange,
    long exchanges,
    long copiedBytes,
    long failures,
    double expectedHitRate,
    List<Exchange> suggestions) {
  /// Nothing done yet.
  static CorrectionStatus none(Mode mode) {
    return new CorrectionStatus(mode, false, 0, 0, null, 0, 0, 0, 0, List.of());
  }

  /// The same with so many failures.
  CorrectionStatus failed(long times) {
    return new CorrectionStatus(
        mode,
        holding,
        epoch,
        movedInWindow,
        lastChange,
        exchanges,
        copiedBytes,
        times,
        expectedHitRate,
        suggestions);
  }

  public CorrectionStatus {
    suggestions = List.copyOf(suggestions);
  }
}
