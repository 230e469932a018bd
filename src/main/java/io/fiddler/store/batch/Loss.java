package io.fiddler.store.batch;

import java.time.Instant;

/// Request rows that were given up.
///
/// @param reason why
/// @param from arrival of the first of them
/// @param to arrival of the last of them
/// @param requests how many
public record Loss(Reason reason, Instant from, Instant to, long requests) {
  /// Why rows are given up.
  public enum Reason {
    /// Memory and the spool had no room.
    FULL,
    /// What was spooled could not be read back.
    UNREADABLE,
    /// The database refuses what is in them.
    REFUSED
  }

  /// Both together; of one reason.
  public Loss plus(Loss other) {
    return new Loss(
        reason,
        from.isBefore(other.from) ? from : other.from,
        to.isAfter(other.to) ? to : other.to,
        requests + other.requests);
  }
}
