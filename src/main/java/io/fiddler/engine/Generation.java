package io.fiddler.engine;

/// A generation in progress.
public interface Generation {
  /// Ends it within one step, wherever it is; does nothing once it has ended. Callable from any
  /// thread.
  void cancel();
}
