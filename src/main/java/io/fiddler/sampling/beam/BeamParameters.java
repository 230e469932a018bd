package io.fiddler.sampling.beam;

/// How a beam search goes, in the terms of Hugging Face's `generate`.
///
/// @param width beams kept from token to token, `num_beams`; at least one
/// @param lengthPenalty a hypothesis' score is the sum of its log-probabilities divided by its
///   length to this power: above 0 prefers long ones, below 0 short ones; finite
/// @param earlyStopping when to stop
public record BeamParameters(int width, double lengthPenalty, EarlyStopping earlyStopping) {
  public BeamParameters {
    if (width < 1) {
      throw new IllegalArgumentException("the width of a beam search must be >= 1, got " + width);
    }
    if (!Double.isFinite(lengthPenalty)) {
      throw new IllegalArgumentException("lengthPenalty must be finite, got " + lengthPenalty);
    }
  }

  /// Hugging Face's defaults.
  public static BeamParameters ofWidth(int width) {
    return new BeamParameters(width, 1, EarlyStopping.WHEN_UNLIKELY);
  }

  /// The score of a sequence.
  ///
  /// @param logprob sum of its tokens' log-probabilities
  /// @param length how many tokens those are
  double score(double logprob, int length) {
    double divisor = Math.pow(length, lengthPenalty);
    // An extreme penalty leaves scores that can be compared.
    return logprob / Math.clamp(divisor, Double.MIN_NORMAL, Double.MAX_VALUE);
  }
}
