package io.fiddler.bench.measure;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Collects what an engine reports: give it to the engine as its listener.
public final class StepLog implements EngineListener {
  private final Consumer<EngineStatus> onStatus;
  private final List<TimedStep> steps = new ArrayList<>();

  /// @param onStatus told how loading goes
  public StepLog(Consumer<EngineStatus> onStatus) {
    this.onStatus = onStatus;
  }

  @Override
  public void onStatus(EngineStatus status) {
    onStatus.accept(status);
  }

  @Override
  public synchronized void onStep(StepReport report) {
    steps.add(new TimedStep(report, null, System.nanoTime()));
  }

  @Override
  public synchronized void onTimeline(TimelineReport report) {
    // Follows the report of its step at once.
    steps.add(steps.removeLast().with(report));
  }

  /// The steps since the last call.
  synchronized List<TimedStep> take() {
    List<TimedStep> taken = List.copyOf(steps);
    steps.clear();
    return taken;
  }
}
