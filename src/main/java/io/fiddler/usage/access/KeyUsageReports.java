package io.fiddler.usage.access;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What keys have used. Blocking.
@FunctionalInterface
public interface KeyUsageReports {
  /// By month, latest first, and model.
  ///
  /// @param keyId which key; null for all
  /// @param from months that end after this
  /// @param to months that begin before this
  /// @throws io.fiddler.usage.StoreUnavailableException if the database does not answer
  List<KeyUsage> usage(@Nullable String keyId, Instant from, Instant to);
}
