package io.fiddler.sampling.beam;

/// When a search that has found as many hypotheses as it is wide may stop before the last token;
/// Hugging Face's `early_stopping`.
public enum EarlyStopping {
  /// When the best beam, were it to end now, would be no better than the worst hypothesis: `false`
  /// there, and the default.
  WHEN_UNLIKELY,
  /// At once: `true` there.
  AT_ONCE,
  /// When no beam can become better than the worst hypothesis, however long it gets: `"never"`
  /// there.
  WHEN_IMPOSSIBLE
}
