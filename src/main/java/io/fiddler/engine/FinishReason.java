package io.fiddler.engine;

/// Why a generation ended.
public enum FinishReason {
  /// A stop token.
  STOP,
  /// `maxTokens` or the context was reached.
  LENGTH,
  /// {@link Generation#cancel()}.
  CANCELLED,
  /// The time it might take had passed: a failure with {@link EngineTimeoutException}.
  TIMEOUT,
  /// It failed.
  ERROR
}
