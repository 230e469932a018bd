package io.fiddler.engine.timeline;

/// What a trace shows as threads.
public enum TimelineLane {
  /// The step thread: steps and their layers, whatever computes them.
  STEP,
  /// The CPU's workers, all together.
  HOST,
  /// The copy engine.
  COPY,
  /// The device's kernels.
  COMPUTE;

  /// Whether it does work of its own, rather than show how a step goes.
  boolean isWorking() {
    return this != STEP;
  }
}
