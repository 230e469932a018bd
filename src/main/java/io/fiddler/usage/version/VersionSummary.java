package io.fiddler.usage.version;

import io.fiddler.placement.HitRateForecast;
import io.fiddler.usage.PlacementVersion.Author;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A recorded placement without its experts.
///
/// @param id of the version
/// @param createdAt when it was recorded
/// @param author what asked for it
/// @param by who asked for it
/// @param replica which service process
/// @param policy how it was planned
/// @param reason why
/// @param windowStart begin of the statistics it is made from; null without history
/// @param windowEnd their end
/// @param experts how many it wants
/// @param forecast the hit rate it promises
/// @param achieved what it achieved; null without a step
public record VersionSummary(
    long id,
    Instant createdAt,
    Author author,
    @Nullable String by,
    String replica,
    String policy,
    @Nullable String reason,
    @Nullable Instant windowStart,
    @Nullable Instant windowEnd,
    int experts,
    HitRateForecast forecast,
    @Nullable Achieved achieved) {}
