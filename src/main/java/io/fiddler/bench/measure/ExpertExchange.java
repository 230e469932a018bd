package io.fiddler.bench.measure;

import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Exchanges resident experts for others without a pause, one at a time, as a correction of the
/// placement does. The placement that was in force is back when this is closed.
final class ExpertExchange implements AutoCloseable {
  private final FiddlerEngine engine;
  private final long maxBytesPerSecond;
  private final VersionedPlacement before;

  /// The one there longest first.
  private final Deque<ExpertId> resident = new ArrayDeque<>();

  /// The one away longest first.
  private final Deque<ExpertId> away = new ArrayDeque<>();

  private int exchanged;
  private boolean closed;

  /// Begins; the engine has some experts on the device, and some not.
  ///
  /// @param maxBytesPerSecond copied at most
  ExpertExchange(FiddlerEngine engine, long maxBytesPerSecond) {
    this.engine = engine;
    this.maxBytesPerSecond = maxBytesPerSecond;
    this.before = engine.placement();
    Residency now = engine.residency();
    for (int index = 0; index < now.grid().size(); index++) {
      ExpertId id = now.grid().at(index);
      (now.isResident(id.layer(), id.expert()) ? resident : away).add(id);
    }
    next(null);
  }

  /// Whether there is anything to exchange.
  static boolean isPossible(FiddlerEngine engine) {
    int size = engine.residency().size();
    return size > 0 && size < engine.model().grid().size();
  }

  /// Experts that have come so far.
  synchronized int exchanged() {
    return exchanged;
  }

  private synchronized void next(@Nullable Throwable failure) {
    if (closed || failure != null) {
      return;
    }
    ExpertId comes = away.removeFirst();
    away.addLast(resident.removeFirst());
    resident.addLast(comes);
    var _ =
        apply(placement(), maxBytesPerSecond)
            .whenComplete((_, failed) -> {
              count(failed);
              next(failed);
            });
  }

  private synchronized void count(@Nullable Throwable failed) {
    exchanged += failed == null ? 1 : 0;
  }

  private VersionedPlacement placement() {
    List<ScoredExpert> experts = resident.stream().map(id -> new ScoredExpert(id, 1)).toList();
    return new VersionedPlacement(
        before.version(),
        new Placement(experts, "exchange", Map.of(), new HitRateForecast(0, 0, 0)));
  }

  private CompletableFuture<Residency> apply(VersionedPlacement placement, long bytesPerSecond) {
    return engine.apply(placement, bytesPerSecond);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    apply(before, Long.MAX_VALUE).join();
  }
}
