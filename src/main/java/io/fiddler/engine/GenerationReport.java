package io.fiddler.engine;

/// The account of one generation.
///
/// @param reason why it ended
/// @param promptTokens tokens read
/// @param completionTokens tokens generated; of a beam search those of one beam
/// @param queueNanos from submission to the first step
/// @param firstTokenNanos from submission to the first token; 0 if there was none
/// @param totalNanos from submission to the end
/// @param prefill the prompt's assignments
/// @param decode the generated tokens' assignments
/// @param costs what it took
/// @param firstPlacementVersion placement in force at its first step; 0 if none was recorded yet
/// @param lastPlacementVersion placement in force at its last step
public record GenerationReport(
    FinishReason reason,
    int promptTokens,
    int completionTokens,
    long queueNanos,
    long firstTokenNanos,
    long totalNanos,
    AssignmentCounts prefill,
    AssignmentCounts decode,
    GenerationCosts costs,
    long firstPlacementVersion,
    long lastPlacementVersion) {
  /// Share of all assignments served by a resident expert.
  public double hitRate() {
    return prefill.plus(decode).hitRate();
  }
}
