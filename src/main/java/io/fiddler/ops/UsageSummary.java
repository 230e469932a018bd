package io.fiddler.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fiddler.usage.UsageRow;
import java.time.Instant;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Requests as `GET /actuator/usage` shows them.
///
/// @param from first moment
/// @param to end, exclusive
/// @param by `hour` or `day`
/// @param totals over all rows
/// @param rows one an hour or day that had requests, oldest first
record UsageSummary(Instant from, Instant to, String by, Totals totals, List<UsageRow> rows) {
  /// Sums over the rows.
  ///
  /// @param requests requests that arrived
  /// @param failed those answered with a status of 400 or above
  /// @param promptTokens tokens read
  /// @param completionTokens tokens generated
  /// @param hitRate weighted by tokens; null if nothing ran
  record Totals(
      long requests,
      long failed,
      long promptTokens,
      long completionTokens,
      @JsonInclude @Nullable Double hitRate) {}

  static UsageSummary of(UsageQuery query, List<UsageRow> rows) {
    Totals totals =
        new Totals(
            sum(rows, UsageRow::requests),
            sum(rows, UsageRow::failed),
            sum(rows, UsageRow::promptTokens),
            sum(rows, UsageRow::completionTokens),
            hitRate(rows));
    return new UsageSummary(query.from(), query.to(), Text.lower(query.by()), totals, rows);
  }

  private static @Nullable Double hitRate(List<UsageRow> rows) {
    double weighted = 0;
    double tokens = 0;
    for (UsageRow row : rows) {
      Double rate = row.hitRate();
      if (rate != null) {
        double weight = (double) row.promptTokens() + row.completionTokens();
        weighted += rate * weight;
        tokens += weight;
      }
    }
    return tokens == 0 ? null : Double.valueOf(weighted / tokens);
  }

  private static long sum(List<UsageRow> rows, ToLongFunction<UsageRow> value) {
    return rows.stream().mapToLong(value).sum();
  }
}
