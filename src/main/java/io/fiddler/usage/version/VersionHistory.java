package io.fiddler.usage.version;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The placements of the past. Blocking.
@FunctionalInterface
public interface VersionHistory {
  /// The placements recorded for a model, newest first.
  ///
  /// @param limit most of them
  /// @param before only those with a smaller id; null for the newest
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  List<VersionSummary> list(String fingerprint, int limit, @Nullable Long before);
}
