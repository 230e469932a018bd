package io.fiddler.sampling;

import io.fiddler.sampling.SampledToken.TokenLogprob;
import java.util.ArrayList;
import java.util.List;

/// Natural logarithms of the probabilities of a row's tokens, in double: log-softmax.
final class LogProbabilities {
  private final int alternatives;
  private final TopTokens top = new TopTokens();
  private final Weights weights = new Weights(1);
  private double logSum;

  /// @param alternatives how many of the most likely tokens to report
  LogProbabilities(int alternatives) {
    this.alternatives = alternatives;
  }

  /// Takes the row's measure.
  void measure(float[] logits, int offset, int length, float max) {
    double floor = -Float.MAX_VALUE;
    logSum = max + Math.log(weights.sum(logits, offset, length, max, floor));
    top.select(logits, offset, length, alternatives, floor);
  }

  /// The row's most likely tokens, best first.
  List<TokenLogprob> best() {
    List<TokenLogprob> best = new ArrayList<>(top.size());
    for (int rank = 0; rank < top.size(); rank++) {
      best.add(new TokenLogprob(top.id(rank), top.logit(rank) - logSum));
    }
    return best;
  }

  /// What to report of token `id`, whose logit in the measured row is `logit`.
  SampledToken report(int id, float logit) {
    return new SampledToken(id, logit - logSum, best());
  }

  SampledToken score(float[] logits, int offset, int length, int tokenId) {
    if (tokenId < 0 || tokenId >= length) {
      throw new IllegalArgumentException(
          "token id must be in [0, %d), got %d".formatted(length, tokenId));
    }
    measure(logits, offset, length, Logits.max(logits, offset, length));
    return report(tokenId, logits[offset + tokenId]);
  }
}
