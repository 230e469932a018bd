package io.fiddler.usage;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Requests of one hour or day.
///
/// @param start its begin
/// @param requests requests that arrived
/// @param failed those answered with a status of 400 or above
/// @param promptTokens tokens read
/// @param completionTokens tokens generated
/// @param firstTokenMillisP50 median time to first token; null if there was none
/// @param firstTokenMillisP95 95th percentile
/// @param totalMillisP50 median total time
/// @param totalMillisP95 95th percentile
/// @param hitRate mean hit rate weighted by tokens; null if nothing ran
public record UsageRow(
    Instant start,
    long requests,
    long failed,
    long promptTokens,
    long completionTokens,
    @Nullable Double firstTokenMillisP50,
    @Nullable Double firstTokenMillisP95,
    double totalMillisP50,
    double totalMillisP95,
    @Nullable Double hitRate) {}
