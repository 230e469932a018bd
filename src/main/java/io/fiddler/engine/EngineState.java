package io.fiddler.engine;

/// Where an engine is in its life.
public enum EngineState {
  /// Weights are being read or kernels warmed.
  LOADING,
  /// Requests are taken.
  READY,
  /// Loading failed, or it broke while it ran; it will not recover.
  FAILED,
  /// Closed, or closing.
  CLOSED
}
