package io.fiddler.ops.dashboard.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// How long the latest generations took.
///
/// @param generations how many these are
/// @param firstToken from submission to the first token; null if none had one
/// @param perToken mean time between the tokens after the first; null if none had two
/// @param total from submission to the end; null without generations
@JsonInclude
record Latencies(
    int generations,
    @Nullable Percentiles firstToken,
    @Nullable Percentiles perToken,
    @Nullable Percentiles total) {}
