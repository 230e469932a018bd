package io.fiddler.ops.dashboard.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// One moment of the curves.
///
/// @param time seconds since 1970
/// @param version placement in force
/// @param hitRate over the minute before; null if nothing ran
/// @param forecast what the placement promises
/// @param uncertainty half the width of the forecast's band
/// @param lanes how busy each was since the point before
/// @param promptTokensPerSecond since the point before
/// @param decodedTokensPerSecond since the point before
@JsonInclude
record Point(
    long time,
    long version,
    @Nullable Double hitRate,
    double forecast,
    double uncertainty,
    Lanes lanes,
    double promptTokensPerSecond,
    double decodedTokensPerSecond) {}
