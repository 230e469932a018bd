package io.fiddler.usage;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How the database is looked after.
///
/// @param rounds that went well
/// @param failures rounds that did not; each is tried again
/// @param lastRound when one last went well; null if none did yet
/// @param lastError why the last round failed; null if it did not
public record UpkeepStatus(
    long rounds, long failures, @Nullable Instant lastRound, @Nullable String lastError) {
  /// After a round that went well.
  public UpkeepStatus succeeded(Instant now) {
    return new UpkeepStatus(rounds + 1, failures, now, null);
  }

  /// After a round that failed.
  public UpkeepStatus failed(String reason) {
    return new UpkeepStatus(rounds, failures + 1, lastRound, reason);
  }
}
