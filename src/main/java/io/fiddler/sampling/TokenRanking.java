package io.fiddler.sampling;

import io.fiddler.sampling.SampledToken.TokenLogprob;
import java.util.List;

/// The most likely next tokens of a row of logits, for searches that look at several. Reused from
/// row to row; used from one thread at a time.
public final class TokenRanking {
  private final LogProbabilities logprobs;

  /// @param tokens how many
  public TokenRanking(int tokens) {
    this.logprobs = new LogProbabilities(tokens);
  }

  /// The tokens, best first, of equals the lowest id first; fewer where fewer are possible.
  ///
  /// @param logits holds the row's logits from `offset`; -Infinity excludes a token
  /// @param offset where the row begins
  /// @param length number of logits
  /// @throws IllegalArgumentException if a logit is NaN or +Infinity, or if all are -Infinity
  public List<TokenLogprob> of(float[] logits, int offset, int length) {
    logprobs.measure(logits, offset, length, Logits.max(logits, offset, length));
    return logprobs.best();
  }
}
