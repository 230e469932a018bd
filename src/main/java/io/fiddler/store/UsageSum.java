package io.fiddler.store;

import io.fiddler.usage.UsageRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Requests of one hour or day: one row of `request_usage`, or put together from several and from
/// sums of single requests.
final class UsageSum {
  private final Instant start;
  private final LatencyHistogram firstToken = new LatencyHistogram();
  private final LatencyHistogram total = new LatencyHistogram();
  private long requests;
  private long failed;
  private long promptTokens;
  private long completionTokens;
  private long ratedTokens;
  private double hits;
  private @Nullable Percentiles kept;

  UsageSum(Instant start) {
    this.start = start;
  }

  void add(ResultSet row) throws SQLException {
    requests += row.getLong("requests");
    failed += row.getLong("failed");
    promptTokens += row.getLong("prompt_tokens");
    completionTokens += row.getLong("completion_tokens");
    ratedTokens += row.getLong("rated_tokens");
    hits += row.getDouble("hits");
    String histogram = row.getString("total");
    if (histogram == null) {
      kept = Percentiles.of(row);
    } else {
      firstToken.add(row.getString("first_token"));
      total.add(histogram);
    }
  }

  UsageRow row() {
    Percentiles percentiles = kept == null ? Percentiles.of(firstToken, total) : kept;
    return new UsageRow(
        start,
        requests,
        failed,
        promptTokens,
        completionTokens,
        percentiles.firstTokenP50(),
        percentiles.firstTokenP95(),
        percentiles.totalP50() == null ? 0 : percentiles.totalP50(),
        percentiles.totalP95() == null ? 0 : percentiles.totalP95(),
        ratedTokens == 0 ? null : Double.valueOf(hits / ratedTokens));
  }

  /// Of latencies in milliseconds; null where there are none.
  private record Percentiles(
      @Nullable Double firstTokenP50,
      @Nullable Double firstTokenP95,
      @Nullable Double totalP50,
      @Nullable Double totalP95) {
    static Percentiles of(ResultSet row) throws SQLException {
      return new Percentiles(
          row.getObject("first_token_p50", Double.class),
          row.getObject("first_token_p95", Double.class),
          row.getObject("total_p50", Double.class),
          row.getObject("total_p95", Double.class));
    }

    static Percentiles of(LatencyHistogram firstToken, LatencyHistogram total) {
      return new Percentiles(
          firstToken.percentile(0.5),
          firstToken.percentile(0.95),
          total.percentile(0.5),
          total.percentile(0.95));
    }
  }
}
