package io.fiddler.bench.report;

import org.jspecify.annotations.Nullable;

/// What was measured of one scenario.
///
/// @param name for people
/// @param requests generations at once
/// @param promptTokens length of each prompt
/// @param newTokens tokens generated for each
/// @param beams width of the beam search of each; 1 for plain decoding
/// @param rounds measured rounds
/// @param cut whether time ran out before all was done
/// @param firstTokenSeconds from submission to the first token, over rounds and requests
/// @param prefill steps that read prompts, all of a round together; null if there were none
/// @param decode steps in which every request got a token; null if there were none
/// @param correcting the same beside an exchange of experts; null if that was not measured
public record ScenarioReport(
    String name,
    int requests,
    int promptTokens,
    int newTokens,
    int beams,
    int rounds,
    boolean cut,
    @Nullable Spread firstTokenSeconds,
    @Nullable PhaseReport prefill,
    @Nullable PhaseReport decode,
    @Nullable CorrectingReport correcting) {

  /// Prompts read, or tokens generated.
  ///
  /// @param tokensPerSecond over a round
  /// @param seconds of a step of decoding; of all steps of a round for prefill
  /// @param steps steps a round
  /// @param hitRate share of assignments that a resident expert served
  /// @param missedExperts experts needed and not resident, in `seconds`
  /// @param rowsPerMissedExpert tokens each of them had
  /// @param streamedBytesPerToken weights copied to the device
  /// @param lanes busy time of the lanes, in `seconds`
  /// @param limit what the machine allows for `seconds`; null if there is none to tell
  /// @param ratio limit over measured, 1 being as fast as the machine allows
  public record PhaseReport(
      Spread tokensPerSecond,
      Spread seconds,
      double steps,
      double hitRate,
      double missedExperts,
      double rowsPerMissedExpert,
      double streamedBytesPerToken,
      LaneReport lanes,
      @Nullable Limit limit,
      @Nullable Double ratio) {}

  /// Busy time of the lanes; null where a lane was not watched.
  ///
  /// @param hostSeconds the CPU's experts
  /// @param copySeconds the copy engine
  /// @param computeSeconds the device's kernels
  /// @param overlap share of the time in which a lane was busy that a second one was
  public record LaneReport(
      double hostSeconds,
      @Nullable Double copySeconds,
      @Nullable Double computeSeconds,
      @Nullable Double overlap) {}
}
