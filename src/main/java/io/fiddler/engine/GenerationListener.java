package io.fiddler.engine;

import io.fiddler.sampling.SampledToken;
import java.util.List;

/// Told how one generation goes, in this order: prefill once, tokens, then exactly one of finish
/// and failure (which may also come first). Called on the step thread: must return at once and
/// never throw.
public interface GenerationListener {
  /// The prompt has been read. Log-probabilities of its tokens, the first of which has none, if
  /// they were asked for.
  void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs);

  /// A token was generated.
  void onToken(SampledToken token);

  /// The generation ended, also by cancellation.
  void onFinish(GenerationReport report);

  /// The generation failed; the engine goes on.
  void onFailure(Throwable failure, GenerationReport report);
}
