package io.fiddler.engine;

import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.beam.BeamHypothesis;
import java.util.List;

/// Told how one generation goes, in this order: prefill once, tokens (or, at the end of a beam
/// search, what it found), then exactly one of finish and failure (which may also come first).
/// Called on the step thread: must return at once and never throw.
public interface GenerationListener {
  /// The prompt has been read. Log-probabilities of its tokens, the first of which has none, if
  /// they were asked for.
  void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs);

  /// A token was generated.
  void onToken(SampledToken token);

  /// A beam search has come to its end, which {@link #onFinish} follows. Not told of one that was
  /// cancelled.
  ///
  /// @param hypotheses best first, as many as it is wide unless fewer are possible
  default void onBeams(List<BeamHypothesis> hypotheses) {}

  /// The generation ended, also by cancellation.
  void onFinish(GenerationReport report);

  /// The generation failed; the engine goes on.
  void onFailure(Throwable failure, GenerationReport report);
}
