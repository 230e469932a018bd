package io.fiddler.usage;

/// Shows how the database is looked after; cheap, callable from any thread.
@FunctionalInterface
public interface UpkeepMonitor {
  /// The state now.
  UpkeepStatus status();
}
