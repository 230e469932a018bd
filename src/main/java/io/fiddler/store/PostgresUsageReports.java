package io.fiddler.store;

import io.fiddler.usage.UsageReports;
import io.fiddler.usage.UsageRow;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reports over `request_log`.
public final class PostgresUsageReports implements UsageReports {
  /// Six weeks of hours, or close to three years of days.
  private static final int MOST_ROWS = 1000;

  private static final String REPORT =
      """
      select
        date_trunc(:unit, created_at, 'UTC') as start,
        count(*) as requests,
        count(*) filter (where status >= 400) as failed,
        sum(prompt_tokens) as prompt_tokens,
        sum(completion_tokens) as completion_tokens,
        percentile_cont(array[0.5, 0.95]) within group (order by first_token_millis) as first_token_millis,
        percentile_cont(array[0.5, 0.95]) within group (order by total_millis) as total_millis,
        sum(hit_rate * (prompt_tokens + completion_tokens))
          / nullif(sum(prompt_tokens + completion_tokens) filter (where hit_rate is not null), 0) as hit_rate
      from request_log
      where created_at >= :from and created_at < :to
      group by start
      order by start
      """;

  private final StoreConnection store;

  /// Over a database.
  public PostgresUsageReports(StoreConnection store) {
    this.store = store;
  }

  /// @throws IllegalArgumentException if the range is empty or has more than 1,000 rows
  @Override
  public List<UsageRow> report(Instant from, Instant to, Granularity granularity) {
    Duration width =
        (granularity == Granularity.HOUR ? ChronoUnit.HOURS : ChronoUnit.DAYS).getDuration();
    if (!from.isBefore(to)) {
      throw new IllegalArgumentException(
          "from must be before to, got %s and %s".formatted(from, to));
    }
    if (Duration.between(from, to).compareTo(width.multipliedBy(MOST_ROWS)) > 0) {
      throw new IllegalArgumentException(
          "a report must span at most %d %ss, got %s to %s"
              .formatted(MOST_ROWS, unit(granularity), from, to));
    }
    return store.query(jdbc ->
        jdbc.sql(REPORT)
            .param("unit", unit(granularity))
            .param("from", from.atOffset(ZoneOffset.UTC))
            .param("to", to.atOffset(ZoneOffset.UTC))
            .query((row, _) -> usageRow(row))
            .list());
  }

  private static String unit(Granularity granularity) {
    return granularity.name().toLowerCase(Locale.ROOT);
  }

  private static UsageRow usageRow(ResultSet row) throws SQLException {
    @Nullable Double[] firstToken = percentiles(row.getArray("first_token_millis"));
    @Nullable Double[] total = percentiles(row.getArray("total_millis"));
    return new UsageRow(
        row.getObject("start", OffsetDateTime.class).toInstant(),
        row.getLong("requests"),
        row.getLong("failed"),
        row.getLong("prompt_tokens"),
        row.getLong("completion_tokens"),
        firstToken[0],
        firstToken[1],
        total[0] == null ? 0 : total[0],
        total[1] == null ? 0 : total[1],
        row.getObject("hit_rate", Double.class));
  }

  private static @Nullable Double[] percentiles(@Nullable Array values) throws SQLException {
    return values == null ? new @Nullable Double[2] : (@Nullable Double[]) values.getArray();
  }
}
