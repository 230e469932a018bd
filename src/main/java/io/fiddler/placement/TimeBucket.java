package io.fiddler.placement;

import java.time.Duration;
import java.time.Instant;

/// What was counted in some time.
///
/// @param start its begin
/// @param width its length
/// @param counts as counted, without decay
public record TimeBucket(Instant start, Duration width, ActivationStatistics counts) {}
