package io.fiddler.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fiddler.usage.version.PlacementPin;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What is pinned.
///
/// @param version which placement
/// @param by who pinned it
/// @param at when
/// @param reason why
/// @param scope `replica` or `all`
@JsonInclude
record PinReport(
    long version, @Nullable String by, Instant at, @Nullable String reason, String scope) {
  static PinReport of(PlacementPin pin) {
    return new PinReport(
        pin.version(), pin.by(), pin.at(), pin.reason(), pin.isForAll() ? "all" : "replica");
  }
}
