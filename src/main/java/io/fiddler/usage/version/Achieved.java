package io.fiddler.usage.version;

import java.time.Instant;

/// What a placement achieved, counted exactly while it was in force.
///
/// @param prefill assignments of prompt tokens
/// @param decode assignments of generated tokens
/// @param since begin of the first step under it
/// @param until end of the last step that is counted
public record Achieved(Hits prefill, Hits decode, Instant since, Instant until) {
  /// Both phases.
  public Hits overall() {
    return prefill.plus(decode);
  }
}
