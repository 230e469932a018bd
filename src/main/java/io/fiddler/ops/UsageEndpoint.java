package io.fiddler.ops;

import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.UsageReports;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/usage`: requests, tokens, latencies and hit rate by hour or day.
@Endpoint(id = "usage")
final class UsageEndpoint {
  /// Shows the latest second too, unless the database is slow.
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(2);

  private final UsageReports reports;
  private final StoreFlush store;
  private final Clock clock;

  UsageEndpoint(UsageReports reports, StoreFlush store, Clock clock) {
    this.reports = reports;
    this.store = store;
    this.clock = clock;
  }

  /// The report.
  ///
  /// @param from a time or a date (UTC); 24 hours before `to` if left out
  /// @param to exclusive; now if left out
  /// @param by `hour` or `day`
  /// @param tenant whose requests; all if left out
  @ReadOperation
  WebEndpointResponse<Object> usage(
      @Nullable String from, @Nullable String to, @Nullable String by, @Nullable String tenant) {
    try {
      UsageQuery query = UsageQuery.parse(from, to, by, clock);
      store.flush(FLUSH_TIMEOUT);
      return new WebEndpointResponse<>(
          UsageSummary.of(query, reports.report(query.from(), query.to(), query.by(), tenant)));
    } catch (IllegalArgumentException e) {
      return Problem.badRequest(e.getMessage());
    } catch (StoreUnavailableException e) {
      return Problem.unavailable(e.getMessage());
    }
  }
}
