package io.fiddler.learning.correction;

import io.fiddler.learning.correction.CorrectionOptions.Mode;
import io.fiddler.placement.correction.Exchange;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How correction is going.
///
/// @param mode whether it moves experts
/// @param holding whether it holds because the placement is pinned
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
  public CorrectionStatus {
    suggestions = List.copyOf(suggestions);
  }
}
