package io.fiddler.ops.dashboard.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// What is live, as viewers get it every second.
///
/// @param time seconds since 1970
/// @param state `loading`, `ready`, `failed` or `closed`
/// @param phase what loading is doing, or why it failed; empty when ready
/// @param progress how much of loading is done, in [0, 1]
/// @param running sequences in the latest step
/// @param queued generations waiting
/// @param promptTokensPerSecond read, over ten seconds
/// @param decodedTokensPerSecond generated after the first of each generation, over ten seconds
/// @param stepMillis mean time of a step over ten seconds; null if none ran
/// @param hitRate over a minute; null if nothing ran
/// @param lanes how busy each was over ten seconds
/// @param latency of the latest generations
/// @param placement the placement in force; null until the engine is ready
/// @param point new at the end of the curves; null most seconds
@JsonInclude
record Live(
    long time,
    String state,
    String phase,
    double progress,
    int running,
    int queued,
    double promptTokensPerSecond,
    double decodedTokensPerSecond,
    @Nullable Double stepMillis,
    @Nullable Double hitRate,
    Lanes lanes,
    Latencies latency,
    @Nullable LivePlacement placement,
    @Nullable Point point) {}
