package io.fiddler.store;

import io.fiddler.store.UsageQueries.Extent;
import io.fiddler.usage.UsageReports;
import io.fiddler.usage.UsageRow;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reports over `request_usage`, which has the requests summed up by hour and day, and over
/// `request_log` where there are few of them.
public final class PostgresUsageReports implements UsageReports {
  /// Six weeks of hours, or close to three years of days.
  private static final int MOST_ROWS = 1000;

  /// As many can be sorted in some ten milliseconds.
  private static final int MOST_EXACT = 20_000;

  /// Each day of requests is a partition to plan for.
  private static final Duration LONGEST_EXACT = Duration.ofDays(31);

  private final StoreConnection store;

  /// Over a database.
  public PostgresUsageReports(StoreConnection store) {
    this.store = store;
  }

  @Override
  public List<UsageRow> report(
      Instant from, Instant to, Granularity granularity, @Nullable String tenant) {
    require(from, to, granularity);
    return store.query(jdbc -> {
      UsageQueries queries = new UsageQueries(jdbc, granularity, tenant);
      Extent extent = queries.extent(from, to);
      boolean exact =
          extent.requests() <= MOST_EXACT
              && Duration.between(from, to).compareTo(LONGEST_EXACT) <= 0
              && !from.isBefore(extent.keptSince());
      return exact
          ? queries.exact(from, to)
          : queries.summed(UsageSlices.of(from, to, granularity, extent.keptSince()));
    });
  }

  private static void require(Instant from, Instant to, Granularity granularity) {
    Duration width =
        (granularity == Granularity.HOUR ? ChronoUnit.HOURS : ChronoUnit.DAYS).getDuration();
    if (!from.isBefore(to)) {
      throw new IllegalArgumentException(
          "from must be before to, got %s and %s".formatted(from, to));
    }
    if (Duration.between(from, to).compareTo(width.multipliedBy(MOST_ROWS)) > 0) {
      throw new IllegalArgumentException(
          "a report must span at most %d %ss, got %s to %s"
              .formatted(MOST_ROWS, granularity.name().toLowerCase(Locale.ROOT), from, to));
    }
  }
}
