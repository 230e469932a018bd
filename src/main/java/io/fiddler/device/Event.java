package io.fiddler.device;

/// A point in a lane's work.
public interface Event {
  /// Whether the work before it is done.
  boolean isDone();

  /// Blocks until it is.
  ///
  /// @throws IllegalStateException if that work failed, with the failure as cause
  void await();
}
