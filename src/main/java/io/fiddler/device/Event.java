package io.fiddler.device;

/// A point in a lane's work. May be asked from any thread.
public interface Event {
  /// Whether the work before it is done, or has failed.
  boolean isDone();

  /// Blocks until it is.
  ///
  /// @throws IllegalStateException if that work failed, with the failure as cause; each failure is
  ///   reported by the first event recorded after it, later events are sound again
  void await();

  /// When that work was done, on the clock of {@link System#nanoTime()}; meaningful once {@link
  /// #isDone()}. What a device times itself is right to some microseconds.
  long doneNanos();
}
