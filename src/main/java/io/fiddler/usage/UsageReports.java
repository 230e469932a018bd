package io.fiddler.usage;

import java.time.Instant;
import java.util.List;

/// Reports over the request log. Blocking.
@FunctionalInterface
public interface UsageReports {
  /// One row an hour or day of `[from, to)` that had requests, oldest first.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  List<UsageRow> report(Instant from, Instant to, Granularity granularity);

  /// Width of a row.
  enum Granularity {
    /// One row an hour.
    HOUR,
    /// One row a day, in UTC.
    DAY
  }
}
