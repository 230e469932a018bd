package io.fiddler.usage;

import org.jspecify.annotations.Nullable;

/// How the writing of records is going.
///
/// @param available whether the last attempt reached the database
/// @param bufferedRequests request rows not yet committed, in memory and on disk
/// @param droppedRequests request rows given up: no room in memory and the spool, or refused by the
///   database
/// @param lastBatch number of the last batch committed
/// @param lastError why the last attempt failed; null if it did not
/// @param spool what waits on disk
/// @param full whether a further row would find no room
/// @param refusedRequests requests answered with 503 for want of room
/// @param droppedTraces sampled traces given up
public record StoreStatus(
    boolean available,
    int bufferedRequests,
    long droppedRequests,
    long lastBatch,
    @Nullable String lastError,
    SpoolStatus spool,
    boolean full,
    long refusedRequests,
    long droppedTraces) {
  /// Request rows in memory, not yet committed.
  public long requestsInMemory() {
    return Math.max(0, bufferedRequests - spool.requests);
  }

  /// What waits on disk for the database.
  ///
  /// @param sizeBytes of this process's spool
  /// @param maxBytes it may have; 0 if it is off
  /// @param requests request rows in it
  /// @param replayedRequests request rows written that processes before this one left
  /// @param error why nothing could be put there at last; null if it could
  public record SpoolStatus(
      long sizeBytes,
      long maxBytes,
      long requests,
      long replayedRequests,
      @Nullable String error) {}
}
