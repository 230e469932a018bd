package io.fiddler.engine;

/// Told what the engine does. Step and generation reports come on the step thread: return at once,
/// never throw.
public interface EngineListener {
  /// Loading went on, failed or finished.
  default void onStatus(EngineStatus status) {}

  /// A step was done.
  default void onStep(StepReport report) {}

  /// A step whose lanes were recorded was done; follows its {@link #onStep report}.
  default void onTimeline(TimelineReport report) {}

  /// A generation ended.
  default void onGeneration(GenerationReport report) {}

  /// A generation that was traced ended; follows its {@link #onGeneration report}.
  default void onTrace(TraceReport report) {}

  /// Nothing runs or waits any more; follows the last step's report.
  default void onIdle() {}
}
