package io.fiddler.engine;

/// What a generation cost so far.
///
/// @param cachedPromptTokens tokens of the prompt that were not computed because their keys and
///   values were cached
/// @param hostNanos its share of the time in which the CPU computed experts: of each expert by its
///   rows
/// @param streamedBytes its share of the weights that were streamed to the device
public record GenerationCosts(int cachedPromptTokens, long hostNanos, long streamedBytes) {
  /// Nothing.
  public static final GenerationCosts NONE = new GenerationCosts(0, 0, 0);
}
