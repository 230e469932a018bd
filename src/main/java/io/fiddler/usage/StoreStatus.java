package io.fiddler.usage;

import org.jspecify.annotations.Nullable;

/// How the writing of records is going.
///
/// @param available whether the last attempt reached the database
/// @param bufferedRequests request rows not yet committed
/// @param droppedRequests request rows given up because the buffer was full
/// @param lastBatch number of the last batch committed
/// @param lastError why the last attempt failed; null if it did not
public record StoreStatus(
    boolean available,
    int bufferedRequests,
    long droppedRequests,
    long lastBatch,
    @Nullable String lastError) {}
