package io.fiddler.sampling;

import java.util.List;

/// A chosen token and, if asked for, how likely it and the best alternatives were.
///
/// @param tokenId the token
/// @param logprob natural logarithm of its probability before any sampling parameter was applied;
///   NaN if not asked
/// @param top the most likely tokens, best first, fewer than asked where fewer are possible; empty
///   if not asked
public record SampledToken(int tokenId, double logprob, List<TokenLogprob> top) {
  public SampledToken {
    top = List.copyOf(top);
  }

  /// One alternative.
  ///
  /// @param tokenId the token
  /// @param logprob natural logarithm of its probability
  public record TokenLogprob(int tokenId, double logprob) {}
}
