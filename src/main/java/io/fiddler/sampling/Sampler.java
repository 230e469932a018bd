package io.fiddler.sampling;

/// Chooses the tokens of one sequence. Keeps the sequence's random generator and token counts; used
/// from one thread at a time.
public interface Sampler {
  /// Chooses the next token and counts it as generated.
  ///
  /// @param logits holds the row's logits from `offset`; may be changed
  /// @param offset where the row begins
  /// @param length number of logits
  SampledToken sample(float[] logits, int offset, int length);

  /// A sampler for a sequence with this prompt.
  ///
  /// @param topLogprobs how many alternatives to report with each token; -1 for no
  ///   log-probabilities at all
  static Sampler of(SamplingParameters parameters, int[] prompt, int topLogprobs) {
    throw new UnsupportedOperationException("not written yet");
  }

  /// Log-probabilities of a given token, as a sampler would report them; for `echo` with
  /// `logprobs`.
  static SampledToken score(float[] logits, int offset, int length, int tokenId, int topLogprobs) {
    throw new UnsupportedOperationException("not written yet");
  }
}
