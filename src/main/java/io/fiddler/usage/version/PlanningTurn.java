package io.fiddler.usage.version;

import java.util.function.Supplier;

/// Lets the replicas that share a database plan one after the other.
@FunctionalInterface
public interface PlanningTurn {
  /// Runs `planning` while no other replica plans for this model. Blocking; does not wait for ever:
  /// a replica that hangs delays the others and does not stop them.
  ///
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  <T> T take(String fingerprint, Supplier<T> planning);
}
