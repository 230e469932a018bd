package io.fiddler.usage;

/// Shows how the writing of records is going; cheap, callable from any thread.
@FunctionalInterface
public interface StoreMonitor {
  /// The state now.
  StoreStatus status();
}
