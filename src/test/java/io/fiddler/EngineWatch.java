package io.fiddler;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.StepReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Sees the generations of a running service come and end; give its class to {@link
/// RunningService#start}. Thread-safe.
final class EngineWatch implements EngineListener {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final List<GenerationReport> ended = new ArrayList<>();
  private int arrived;

  @Override
  public synchronized void onStep(StepReport report) {
    arrived = report.scheduling().running() + report.scheduling().queued() + ended.size();
    notifyAll();
  }

  @Override
  public synchronized void onGeneration(GenerationReport report) {
    ended.add(report);
  }

  /// Waits until the engine has as many, those that have ended included.
  synchronized void awaitArrived(int generations) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (arrived < generations) {
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0) {
        throw new AssertionError(
            "%d generations arrived, not %d, within %s".formatted(arrived, generations, LIMIT));
      }
      wait(left);
    }
  }

  /// Those that ended by themselves, in this order.
  synchronized List<GenerationReport> completed() {
    return ended.stream().filter(report -> report.reason() != FinishReason.CANCELLED).toList();
  }
}
