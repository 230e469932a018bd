package io.fiddler.ops;

import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.UsageReports;
import io.fiddler.usage.access.KeyUsage;
import io.fiddler.usage.access.KeyUsageReports;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/usage`: requests, tokens, latencies and hit rate by hour or day.
@Endpoint(id = "usage")
final class UsageEndpoint {
  /// Shows the latest second too, unless the database is slow.
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(2);

  private static final String BY_KEY = "key";

  private final UsageReports reports;
  private final KeyUsageReports keys;
  private final StoreFlush store;
  private final Clock clock;

  UsageEndpoint(UsageReports reports, KeyUsageReports keys, StoreFlush store, Clock clock) {
    this.reports = reports;
    this.keys = keys;
    this.store = store;
    this.clock = clock;
  }

  /// What keys have used in the months that a time touches.
  private record OfKeys(Instant from, Instant to, List<KeyUsage> rows) {}

  /// The report.
  ///
  /// @param from a time or a date (UTC); 24 hours before `to` if left out
  /// @param to exclusive; now if left out
  /// @param by `hour`, `day`, or `key`: by key, model and whole month
  /// @param tenant whose requests; all if left out
  @ReadOperation
  WebEndpointResponse<Object> usage(
      @Nullable String from, @Nullable String to, @Nullable String by, @Nullable String tenant) {
    try {
      if (tenant != null && tenant.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("tenant must not contain the character NUL");
      }
      boolean byKey = BY_KEY.equals(by);
      UsageQuery query = UsageQuery.parse(from, to, byKey ? null : by, clock);
      store.flush(FLUSH_TIMEOUT);
      if (byKey) {
        return new WebEndpointResponse<>(
            new OfKeys(query.from(), query.to(), keys.usage(null, query.from(), query.to())));
      }
      return new WebEndpointResponse<>(
          UsageSummary.of(query, reports.report(query.from(), query.to(), query.by(), tenant)));
    } catch (IllegalArgumentException e) {
      return Problem.badRequest(e.getMessage());
    } catch (StoreUnavailableException e) {
      return Problem.unavailable(e.getMessage());
    }
  }
}
