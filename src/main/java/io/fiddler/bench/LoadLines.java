package io.fiddler.bench;

import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import java.util.function.Consumer;

/// Tells how loading goes: a line for each phase, and one every few seconds of a long one.
final class LoadLines implements Consumer<EngineStatus> {
  private static final long EVERY_NANOS = 2_000_000_000L;

  private final Console console;
  private final long start = System.nanoTime();
  private String phase = "";
  private long lastNanos;

  LoadLines(Console console) {
    this.console = console;
  }

  /// Called from loading threads, many times a second.
  @Override
  public synchronized void accept(EngineStatus status) {
    long now = System.nanoTime();
    if (status.state() != EngineState.LOADING
        || (status.phase().equals(phase) && now - lastNanos < EVERY_NANOS)) {
      return;
    }
    phase = status.phase();
    lastNanos = now;
    String moved = status.transfer() == null ? "" : ": " + status.transfer();
    console.say("%6.1f s  %s%s", (now - start) / 1e9, status.phase(), moved);
  }
}
