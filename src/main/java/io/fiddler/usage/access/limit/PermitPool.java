package io.fiddler.usage.access.limit;

import java.time.Duration;

/// From which replicas take the right to run so many of a key's requests at once. Blocking.
@FunctionalInterface
public interface PermitPool {
  /// Makes what this replica has of a key's permits `wanted`, or as many as the others leave.
  ///
  /// @param most permits of all replicas
  /// @param until for how long; renewed before, or lost
  /// @return what it has now
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  long lease(String keyId, long wanted, long most, Duration until);
}
