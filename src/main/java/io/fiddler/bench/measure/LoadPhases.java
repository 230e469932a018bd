package io.fiddler.bench.measure;

import io.fiddler.bench.report.BenchReport.LoadPhase;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.EngineStatus.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How long each phase of loading takes and how many bytes it moves. What stands behind a colon in
/// a phase's name is a step of it. Safe to use from any thread.
public final class LoadPhases implements Consumer<EngineStatus> {
  private final Consumer<EngineStatus> next;
  private final LongSupplier clock;
  private final List<LoadPhase> done = new ArrayList<>();
  private @Nullable String phase;
  private long startNanos;
  private long bytes;

  /// @param next told everything, too
  public LoadPhases(Consumer<EngineStatus> next) {
    this(next, System::nanoTime);
  }

  LoadPhases(Consumer<EngineStatus> next, LongSupplier clock) {
    this.next = next;
    this.clock = clock;
  }

  @Override
  public void accept(EngineStatus status) {
    note(status);
    next.accept(status);
  }

  private synchronized void note(EngineStatus status) {
    String now = status.state() == EngineState.LOADING ? status.phase().split(":", 2)[0] : null;
    if (now == null || !now.equals(phase)) {
      end();
      phase = now;
      startNanos = clock.getAsLong();
      bytes = 0;
    }
    Transfer transfer = status.transfer();
    if (transfer != null) {
      bytes = Math.max(bytes, transfer.doneBytes());
    }
  }

  private void end() {
    if (phase != null) {
      double seconds = (clock.getAsLong() - startNanos) / 1e9;
      done.add(
          new LoadPhase(
              phase,
              seconds,
              bytes == 0 ? null : bytes,
              bytes == 0 || seconds == 0 ? null : bytes / seconds));
    }
  }

  /// The phases that have ended, in order.
  public synchronized List<LoadPhase> phases() {
    return List.copyOf(done);
  }
}
