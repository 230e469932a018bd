package io.fiddler.usage.version;

import java.util.Optional;

/// The pinned placements. They outlive the processes. Blocking; every method throws a {@link
/// io.fiddler.usage.StoreUnavailableException} if the database does not answer.
public interface PlacementPins {
  /// What holds for a replica: its own pin, else that of all replicas.
  Optional<PlacementPin> pinned(String fingerprint, String replica);

  /// Sets a pin instead of the one of the same replica or of all, and notes it.
  ///
  /// @param on the replica on which it is asked for
  void pin(PlacementPin pin, String on);

  /// Takes a pin away and notes it.
  ///
  /// @param pin with who and why it is taken away, and when
  /// @param on the replica on which it is asked for
  /// @return whether there was one
  boolean unpin(PlacementPin pin, String on);
}
