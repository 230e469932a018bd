package io.fiddler.usage.version;

import java.util.Optional;
import java.util.UUID;

/// What placements achieved. Blocking; every method throws a {@link
/// io.fiddler.usage.StoreUnavailableException} if the database does not answer.
public interface AchievedLog {
  /// Records what a version achieved in one process so far. Written again it replaces what was
  /// written before, so nothing counts twice.
  ///
  /// @param run the process
  void write(long version, UUID run, String replica, Achieved achieved);

  /// What a version achieved in all processes that ran it; empty without a step.
  Optional<Achieved> achieved(long version);
}
