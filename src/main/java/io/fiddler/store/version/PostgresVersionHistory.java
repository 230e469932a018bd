package io.fiddler.store.version;

import io.fiddler.placement.HitRateForecast;
import io.fiddler.store.Rows;
import io.fiddler.store.StoreConnection;
import io.fiddler.usage.PlacementVersion.Author;
import io.fiddler.usage.version.VersionHistory;
import io.fiddler.usage.version.VersionSummary;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The rows of `placement` with what they achieved.
public final class PostgresVersionHistory implements VersionHistory {
  /// The sums are of the page's placements only, which the lateral joins are for.
  private static final String LIST =
      """
      select id, created_at, author, made_by, replica, policy, reason, window_start, window_end,
        wanted.experts, forecast_overall, forecast_prefill, forecast_decode,
        coalesce(forecast_uncertainty, 1) as forecast_uncertainty, achieved.*
      from (
        select * from placement
        where fingerprint = :fingerprint and id < coalesce(:before::bigint, 9223372036854775807)
        order by id desc
        limit :limit
      ) page
      cross join lateral (
        select count(*) as experts from placement_expert where placement_id = page.id) wanted
      left join lateral (
        select * from placement_achieved where placement_id = page.id) achieved on true
      order by id desc
      """;

  private final StoreConnection store;

  /// Over a database.
  public PostgresVersionHistory(StoreConnection store) {
    this.store = store;
  }

  @Override
  public List<VersionSummary> list(String fingerprint, int limit, @Nullable Long before) {
    return store.query(jdbc ->
        jdbc.sql(LIST)
            .param("fingerprint", fingerprint)
            .param("before", before)
            .param("limit", limit)
            .query((row, _) -> summary(row))
            .list());
  }

  private static VersionSummary summary(ResultSet row) throws SQLException {
    boolean ran = Rows.instantOrNull(row, "since") != null;
    return new VersionSummary(
        row.getLong("id"),
        Rows.instant(row, "created_at"),
        Author.valueOf(row.getString("author").toUpperCase(Locale.ROOT)),
        row.getString("made_by"),
        row.getString("replica"),
        row.getString("policy"),
        row.getString("reason"),
        Rows.instantOrNull(row, "window_start"),
        Rows.instantOrNull(row, "window_end"),
        row.getInt("experts"),
        new HitRateForecast(
            row.getDouble("forecast_overall"),
            row.getDouble("forecast_prefill"),
            row.getDouble("forecast_decode"),
            row.getDouble("forecast_uncertainty")),
        ran ? AchievedColumns.of(row) : null);
  }
}
