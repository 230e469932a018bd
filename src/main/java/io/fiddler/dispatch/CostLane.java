package io.fiddler.dispatch;

/// The lanes that a {@link LatencyModel} prices.
public enum CostLane {
  /// The CPU's workers.
  HOST,
  /// The copy engine.
  COPY,
  /// The device's kernels.
  DEVICE
}
