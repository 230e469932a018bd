package io.fiddler.sampling;

import org.jspecify.annotations.Nullable;

/// Chooses the tokens of one sequence. Keeps the sequence's random generator and token counts; used
/// from one thread at a time, and what it chooses depends on nothing but its arguments.
///
/// The order of operations is that of vLLM's
/// [sampler](https://docs.vllm.ai/en/v0.20.0/api/vllm/v1/sample/sampler/):
///
/// 1. log-probabilities are those of the logits as they come, before any parameter
/// 2. the constraint excludes tokens: all that follows is among the others
/// 3. logit bias
/// 4. repetition penalty (tokens of prompt and output), then frequency and presence penalty (tokens
///    of the output)
/// 5. temperature 0: the most likely token, of equals the one of lowest id. Else the logits are
///    divided by it
/// 6. min-p, relative to the most likely token
/// 7. top-k of those: exactly k, of equals those of lowest id (vLLM keeps all that equal the k-th)
/// 8. top-p of those, by their probabilities among themselves; at least one token
/// 9. one random number picks from what remains, by probability
public interface Sampler {
  /// Chooses the next token and counts it as generated.
  ///
  /// @param logits holds the row's logits from `offset`; may be changed. -Infinity excludes a token
  /// @param offset where the row begins
  /// @param length number of logits
  /// @throws IllegalArgumentException if a logit is NaN or +Infinity, if all are -Infinity, or if a
  ///   token of the prompt or of the logit bias is not below `length`
  SampledToken sample(float[] logits, int offset, int length);

  /// Whether nothing may follow what was chosen so far: the generation ends here.
  boolean isFinished();

  /// A sampler for a sequence with this prompt.
  ///
  /// @param prompt token ids; only read now
  /// @param topLogprobs how many alternatives to report with each token; -1 for no
  ///   log-probabilities at all
  static Sampler of(SamplingParameters parameters, int[] prompt, int topLogprobs) {
    return of(parameters, null, prompt, topLogprobs);
  }

  /// A sampler for a sequence that keeps to a constraint.
  ///
  /// @param constraint of this sequence alone; null for none
  /// @param prompt token ids; only read now
  /// @param topLogprobs how many alternatives to report with each token; -1 for no
  ///   log-probabilities at all
  static Sampler of(
      SamplingParameters parameters,
      @Nullable TokenConstraint constraint,
      int[] prompt,
      int topLogprobs) {
    return new SequenceSampler(parameters, constraint, prompt, topLogprobs);
  }

  /// Log-probabilities of a given token, as a sampler would report them; for `echo` with
  /// `logprobs`.
  ///
  /// @param topLogprobs how many alternatives to report; -1 for no log-probabilities at all
  /// @throws IllegalArgumentException as {@link #sample}, and if `tokenId` is not in [0, `length`)
  static SampledToken score(float[] logits, int offset, int length, int tokenId, int topLogprobs) {
    if (topLogprobs < 0) {
      return SequenceSampler.withoutLogprobs(tokenId);
    }
    return new LogProbabilities(topLogprobs).score(logits, offset, length, tokenId);
  }
}
