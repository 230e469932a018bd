package io.fiddler.placement.simulation;

import org.jspecify.annotations.Nullable;

/// How traffic would have fared. Hit rates are shares of (token, layer, expert) assignments, in [0,
/// 1], and 0 where there were none.
///
/// @param hitRate over both phases
/// @param prefillHitRate of prompt tokens
/// @param decodeHitRate of generated tokens
/// @param missedBytesPerToken weights of the experts that a token needed and that were not there,
///   whatever lane computed them
/// @param speed times and copies; null without a latency model
public record Outcome(
    double hitRate,
    double prefillHitRate,
    double decodeHitRate,
    double missedBytesPerToken,
    @Nullable Speed speed) {
  /// As the latency model has it.
  ///
  /// @param bytesPerToken weights copied to the device, over prompt and generated tokens
  /// @param tokensPerSecond generated tokens over the time of the steps that decode, also of their
  ///   prompt rows; null if none was generated
  /// @param promptTokensPerSecond prompt tokens over the time of the steps that only read prompts;
  ///   null if there was no such step
  public record Speed(
      double bytesPerToken,
      @Nullable Double tokensPerSecond,
      @Nullable Double promptTokensPerSecond) {}
}
