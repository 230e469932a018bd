package io.fiddler.ops.dashboard.live;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.timeline.TimelineLane;
import java.util.concurrent.atomic.LongAdder;

/// Adds up what the engine reports. The step thread adds, the sampler reads.
final class EngineWork implements EngineListener {
  private final LongAdder hits = new LongAdder();
  private final LongAdder assignments = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder decodedTokens = new LongAdder();
  private final LongAdder steps = new LongAdder();
  private final LongAdder stepNanos = new LongAdder();
  private final LongAdder hostNanos = new LongAdder();
  private final LongAdder sampledNanos = new LongAdder();
  private final LongAdder computeNanos = new LongAdder();
  private final LongAdder copyNanos = new LongAdder();
  private volatile int running;
  private volatile int queued;

  @Override
  public void onStep(StepReport report) {
    AssignmentCounts counts = report.prefillAssignments().plus(report.decodeAssignments());
    hits.add(counts.resident());
    assignments.add(counts.total());
    promptTokens.add(report.prefillRows());
    decodedTokens.add(report.decodeRows());
    steps.increment();
    stepNanos.add(report.stepNanos());
    hostNanos.add(report.hostNanos());
    running = report.running();
    queued = report.queued();
  }

  @Override
  public void onTimeline(TimelineReport report) {
    sampledNanos.add(report.stepNanos());
    computeNanos.add(report.usage().busyNanos(TimelineLane.COMPUTE));
    copyNanos.add(report.usage().busyNanos(TimelineLane.COPY));
  }

  @Override
  public void onIdle() {
    running = 0;
    queued = 0;
  }

  /// Sequences in the latest step; 0 when idle.
  int running() {
    return running;
  }

  /// Generations waiting after it.
  int queued() {
    return queued;
  }

  /// Everything so far, at the moment `nanos`.
  Totals totals(long nanos) {
    return new Totals(
        nanos,
        hits.sum(),
        assignments.sum(),
        promptTokens.sum(),
        decodedTokens.sum(),
        steps.sum(),
        stepNanos.sum(),
        hostNanos.sum(),
        sampledNanos.sum(),
        computeNanos.sum(),
        copyNanos.sum());
  }
}
