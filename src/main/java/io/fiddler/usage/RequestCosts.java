package io.fiddler.usage;

/// What a request cost.
///
/// @param cachedPromptTokens tokens of its prompts that were not computed because they were cached
/// @param hostMillis its share of the time in which the CPU computed experts
/// @param streamedBytes its share of the weights that were streamed to the device
public record RequestCosts(int cachedPromptTokens, double hostMillis, long streamedBytes) {
  /// Nothing, or not known.
  public static final RequestCosts NONE = new RequestCosts(0, 0, 0);
}
