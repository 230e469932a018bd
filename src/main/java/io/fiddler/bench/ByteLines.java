package io.fiddler.bench;

import io.fiddler.engine.EngineStatus.Transfer;

/// Tells every few seconds how far and how fast bytes are moved. Safe to use from any thread.
final class ByteLines {
  private static final long EVERY_NANOS = 2_000_000_000L;

  private final String what;
  private final Console console;
  private final long start = System.nanoTime();
  private long lastNanos = start;

  /// @param what is done with the bytes
  ByteLines(String what, Console console) {
    this.what = what;
    this.console = console;
  }

  /// `doneBytes` of `totalBytes` are moved.
  synchronized void at(long doneBytes, long totalBytes) {
    long now = System.nanoTime();
    if (now - lastNanos >= EVERY_NANOS) {
      lastNanos = now;
      Transfer transfer = new Transfer(doneBytes, totalBytes, doneBytes / seconds());
      console.say("%6.1f s  %s: %s", seconds(), what, transfer);
    }
  }

  /// Since the beginning.
  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }
}
