package io.fiddler.store;

import io.fiddler.usage.UsageRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/// Requests of one hour or day, put together from rows of `request_usage` and sums of single
/// requests.
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
    firstToken.add(row.getString("first_token"));
    total.add(row.getString("total"));
  }

  UsageRow row() {
    Double totalP50 = total.percentile(0.5);
    Double totalP95 = total.percentile(0.95);
    return new UsageRow(
        start,
        requests,
        failed,
        promptTokens,
        completionTokens,
        firstToken.percentile(0.5),
        firstToken.percentile(0.95),
        totalP50 == null ? 0 : totalP50,
        totalP95 == null ? 0 : totalP95,
        ratedTokens == 0 ? null : Double.valueOf(hits / ratedTokens));
  }
}
