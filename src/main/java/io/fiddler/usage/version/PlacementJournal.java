package io.fiddler.usage.version;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The record of everything done about placements. Blocking; every method throws a {@link
/// io.fiddler.usage.StoreUnavailableException} if the database does not answer.
public interface PlacementJournal {
  /// Records what was done without a new version; `id` is ignored.
  void note(PlacementEvent event);

  /// What was done about a model's placements, newest first.
  ///
  /// @param limit most of them
  /// @param before only those with a smaller id; null for the newest
  List<PlacementEvent> events(String fingerprint, int limit, @Nullable Long before);

  /// The last time that an operator brought a version into force on another replica (applied it,
  /// rolled back to it, or pinned it for all), if that was after what this replica last did for an
  /// operator or at its start, and after what it last followed.
  Optional<PlacementEvent> askedElsewhere(String fingerprint, String replica);
}
