package io.fiddler.store;

import io.fiddler.store.UsageSlices.Slice;
import io.fiddler.usage.UsageReports.Granularity;
import io.fiddler.usage.UsageRow;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The queries of usage reports.
final class UsageQueries {
  private static final String EXTENT =
      """
      select coalesce(sum(requests), 0) as requests,
        (select since from kept_since where table_name = 'request_log') as kept_since
      from request_usage
      where width = ? and all_tenants = ? and tenant = ? and start >= date_trunc(?, ?::timestamptz, 'UTC') and start < ?
      """;

  private static final String EXACT =
      """
      select
        date_trunc(?, created_at, 'UTC') as start,
        count(*) as requests,
        count(*) filter (where status >= 400) as failed,
        sum(prompt_tokens) as prompt_tokens,
        sum(completion_tokens) as completion_tokens,
        percentile_cont(array[0.5, 0.95]) within group (order by first_token_millis) as first_token_millis,
        percentile_cont(array[0.5, 0.95]) within group (order by total_millis) as total_millis,
        sum(hit_rate * (prompt_tokens::bigint + completion_tokens)) filter (where hit_rate between 0 and 1)
          / nullif(sum(prompt_tokens::bigint + completion_tokens) filter (where hit_rate between 0 and 1), 0) as hit_rate
      from request_log
      where (? or tenant = ?) and created_at >= ? and created_at < ?
      group by 1
      order by 1
      """;

  private static final String OF_SUMS =
      """
      select date_trunc(?, start, 'UTC') as start, requests, failed, prompt_tokens, completion_tokens,
        rated_tokens, hits, %s
      from request_usage
      where width = '%s' and all_tenants = ? and tenant = ? and start >= ? and start < ?
      """;

  private static final String HISTOGRAMS =
      """
      first_token::text, total::text,
        null::double precision as first_token_p50, null::double precision as first_token_p95,
        null::double precision as total_p50, null::double precision as total_p95\
      """;

  private static final String PERCENTILES =
      """
      null as first_token, null as total, first_token_p50, first_token_p95, total_p50, total_p95\
      """;

  private static final String OF_REQUESTS =
      """
      select date_trunc(?, created_at, 'UTC') as start, count(*) as requests,
        count(*) filter (where status >= 400) as failed,
        sum(prompt_tokens) as prompt_tokens, sum(completion_tokens) as completion_tokens,
        coalesce(sum(prompt_tokens::bigint + completion_tokens) filter (where hit_rate between 0 and 1), 0) as rated_tokens,
        coalesce(sum(hit_rate * (prompt_tokens::bigint + completion_tokens)) filter (where hit_rate between 0 and 1), 0) as hits,
        bucket_counts(array_agg(latency_bucket(first_token_millis)) filter (where first_token_millis is not null))::text as first_token,
        bucket_counts(array_agg(latency_bucket(total_millis)))::text as total,
        null::double precision as first_token_p50, null::double precision as first_token_p95,
        null::double precision as total_p50, null::double precision as total_p95
      from request_log
      where (? or tenant = ?) and created_at >= ? and created_at < ?
      group by 1
      """;

  private final JdbcClient jdbc;
  private final String unit;
  private final boolean allTenants;
  private final String tenant;

  UsageQueries(JdbcClient jdbc, Granularity granularity, @Nullable String tenant) {
    this.jdbc = jdbc;
    this.unit = granularity.name().toLowerCase(Locale.ROOT);
    this.allTenants = tenant == null;
    this.tenant = tenant == null ? "" : tenant;
  }

  /// How many requests there are to report on.
  ///
  /// @param requests in all hours or days that begin in the range, and the one it begins in
  /// @param keptSince request rows before are gone
  record Extent(long requests, Instant keptSince) {}

  /// A statement.
  ///
  /// @param sql with question marks
  /// @param parameters in their order
  record Query(String sql, List<Object> parameters) {}

  Extent extent(Instant from, Instant to) {
    return run(extentQuery(from, to))
        .query((row, _) -> {
          Instant since = Rows.instantOrNull(row, "kept_since");
          return new Extent(row.getLong("requests"), since == null ? Instant.MIN : since);
        })
        .single();
  }

  /// From the requests themselves.
  List<UsageRow> exact(Instant from, Instant to) {
    return run(exactQuery(from, to)).query((row, _) -> exactRow(row)).list();
  }

  /// From sums and histograms.
  List<UsageRow> summed(List<Slice> slices) {
    SortedMap<Instant, UsageSum> sums = new TreeMap<>();
    if (!slices.isEmpty()) {
      run(summedQuery(slices))
          .query(row -> {
            sums.computeIfAbsent(Rows.instant(row, "start"), UsageSum::new).add(row);
          });
    }
    return sums.values().stream().map(UsageSum::row).toList();
  }

  Query extentQuery(Instant from, Instant to) {
    return new Query(EXTENT, List.of(unit, allTenants, tenant, unit, time(from), time(to)));
  }

  Query exactQuery(Instant from, Instant to) {
    return new Query(EXACT, List.of(unit, allTenants, tenant, time(from), time(to)));
  }

  /// One statement, so that it sees one state of the database.
  Query summedQuery(List<Slice> slices) {
    List<Object> parameters = new ArrayList<>();
    for (Slice slice : slices) {
      parameters.addAll(List.of(unit, allTenants, tenant, time(slice.from()), time(slice.to())));
    }
    return new Query(
        slices.stream().map(UsageQueries::select).collect(Collectors.joining("union all\n")),
        parameters);
  }

  private JdbcClient.StatementSpec run(Query query) {
    return jdbc.sql(query.sql()).params(query.parameters());
  }

  private static String select(Slice slice) {
    String latencies = slice.whole() ? PERCENTILES : HISTOGRAMS;
    return switch (slice.source()) {
      case REQUESTS -> OF_REQUESTS;
      case HOURS -> OF_SUMS.formatted(latencies, "hour");
      case DAYS -> OF_SUMS.formatted(latencies, "day");
    };
  }

  private static UsageRow exactRow(ResultSet row) throws SQLException {
    @Nullable Double[] firstToken = percentiles(row.getArray("first_token_millis"));
    @Nullable Double[] total = percentiles(row.getArray("total_millis"));
    return new UsageRow(
        Rows.instant(row, "start"),
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

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
