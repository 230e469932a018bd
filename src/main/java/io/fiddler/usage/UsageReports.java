package io.fiddler.usage;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reports over the request log. Blocking.
///
/// Counts, tokens and hit rates are exact, rows that arrive late included. Percentiles are exact
/// (interpolated between requests) where a report is about at most 20,000 requests in at most 31
/// days and their rows are still kept; otherwise they come from histograms and are within 2 % of
/// the latency of the request at that rank, or 1 ms for what took less than a millisecond.
///
/// `from` and `to` may lie within an hour. Where the request rows of that hour are no longer kept,
/// the hour is in the report as a whole if its begin is.
@FunctionalInterface
public interface UsageReports {
  /// One row an hour or day (UTC) of `[from, to)` that had requests, oldest first.
  ///
  /// @param tenant whose requests; null for all
  /// @throws IllegalArgumentException if the range is empty or has more than 1,000 rows
  /// @throws StoreUnavailableException if the database does not answer
  List<UsageRow> report(Instant from, Instant to, Granularity granularity, @Nullable String tenant);

  /// The same over all tenants.
  default List<UsageRow> report(Instant from, Instant to, Granularity granularity) {
    return report(from, to, granularity, null);
  }

  /// Width of a row.
  enum Granularity {
    /// One row an hour.
    HOUR,
    /// One row a day, in UTC.
    DAY
  }
}
