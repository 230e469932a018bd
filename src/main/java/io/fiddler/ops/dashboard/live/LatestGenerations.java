package io.fiddler.ops.dashboard.live;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.GenerationReport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Remembers the latest generations, to say how long they took. The step thread adds, the sampler
/// reads.
final class LatestGenerations implements EngineListener {
  /// Enough for a 99th percentile.
  static final int KEPT = 500;

  private final Deque<GenerationReport> kept = new ArrayDeque<>(KEPT);

  @Override
  public synchronized void onGeneration(GenerationReport report) {
    if (kept.size() == KEPT) {
      kept.removeFirst();
    }
    kept.addLast(report);
  }

  /// How long they took.
  Latencies latencies() {
    List<GenerationReport> reports = copy();
    return new Latencies(
        reports.size(),
        Percentiles.ofNanos(
            reports.stream()
                .mapToLong(GenerationReport::firstTokenNanos)
                .filter(nanos -> nanos > 0)
                .toArray()),
        Percentiles.ofNanos(
            reports.stream()
                .filter(report -> report.completionTokens() > 1)
                .mapToLong(LatestGenerations::nanosPerToken)
                .toArray()),
        Percentiles.ofNanos(reports.stream().mapToLong(GenerationReport::totalNanos).toArray()));
  }

  private synchronized List<GenerationReport> copy() {
    return List.copyOf(kept);
  }

  private static long nanosPerToken(GenerationReport report) {
    return (report.totalNanos() - report.firstTokenNanos()) / (report.completionTokens() - 1);
  }
}
