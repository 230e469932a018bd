package io.fiddler.store;

import io.fiddler.expert.ExpertId;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Placements in `placement` and `placement_expert`.
public final class PostgresPlacementStore implements PlacementStore {
  private static final String INSERT_PLACEMENT =
      """
      insert into placement (
        fingerprint, replica, created_at, author, policy, parameters, window_start, window_end, reason,
        forecast_overall, forecast_prefill, forecast_decode)
      values (
        :fingerprint, :replica, :createdAt, :author, :policy,
        jsonb_object(:parameterNames::text[], :parameterValues::text[]),
        :windowStart::timestamptz, :windowEnd::timestamptz, :reason,
        :forecastOverall, :forecastPrefill, :forecastDecode)
      returning id
      """;

  private static final String INSERT_EXPERTS =
      """
      insert into placement_expert (placement_id, position, layer, expert, score)
      select :id, position, layer, expert, score
      from unnest(:layers::integer[], :experts::integer[], :scores::double precision[])
        with ordinality as wanted (layer, expert, score, position)
      """;

  private static final String LATEST_PLACEMENT =
      "select * from placement where fingerprint = :fingerprint order by id desc limit 1";

  private static final String PARAMETERS_OF_PLACEMENT =
      "select key, value from placement, jsonb_each_text(parameters) where id = :id";

  private static final String EXPERTS_OF_PLACEMENT =
      "select layer, expert, score from placement_expert where placement_id = :id order by position";

  private final StoreConnection store;

  /// Over a database.
  public PostgresPlacementStore(StoreConnection store) {
    this.store = store;
  }

  @Override
  public PlacementVersion record(PlacementVersion version) {
    return store.inTransaction(jdbc -> {
      long id = insertPlacement(jdbc, version);
      insertExperts(jdbc, id, version.placement().experts());
      return withId(version, id);
    });
  }

  @Override
  public Optional<PlacementVersion> latest(String fingerprint) {
    return store.inTransaction(jdbc ->
        jdbc.sql(LATEST_PLACEMENT)
            .param("fingerprint", fingerprint)
            .query((row, _) -> version(jdbc, row))
            .optional());
  }

  private static long insertPlacement(JdbcClient jdbc, PlacementVersion version) {
    Placement placement = version.placement();
    List<Map.Entry<String, String>> parameters = List.copyOf(placement.parameters().entrySet());
    return jdbc.sql(INSERT_PLACEMENT)
        .param("fingerprint", version.fingerprint())
        .param("replica", version.replica())
        .param("createdAt", version.createdAt().atOffset(ZoneOffset.UTC))
        .param("author", version.author().name().toLowerCase(Locale.ROOT))
        .param("policy", placement.policy())
        .param("parameterNames", parameters.stream().map(Map.Entry::getKey).toArray(String[]::new))
        .param(
            "parameterValues", parameters.stream().map(Map.Entry::getValue).toArray(String[]::new))
        .param("windowStart", timestamp(version.windowStart()))
        .param("windowEnd", timestamp(version.windowEnd()))
        .param("reason", version.reason())
        .param("forecastOverall", placement.forecast().overall())
        .param("forecastPrefill", placement.forecast().prefill())
        .param("forecastDecode", placement.forecast().decode())
        .query(Long.class)
        .single();
  }

  private static void insertExperts(JdbcClient jdbc, long id, List<ScoredExpert> experts) {
    jdbc.sql(INSERT_EXPERTS)
        .param("id", id)
        .param(
            "layers", experts.stream().map(expert -> expert.id().layer()).toArray(Integer[]::new))
        .param(
            "experts", experts.stream().map(expert -> expert.id().expert()).toArray(Integer[]::new))
        .param("scores", experts.stream().map(ScoredExpert::score).toArray(Double[]::new))
        .update();
  }

  private static PlacementVersion version(JdbcClient jdbc, ResultSet row) throws SQLException {
    long id = row.getLong("id");
    Map<String, String> parameters =
        jdbc
            .sql(PARAMETERS_OF_PLACEMENT)
            .param("id", id)
            .query((each, _) -> Map.entry(each.getString("key"), each.getString("value")))
            .stream()
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    List<ScoredExpert> experts =
        jdbc.sql(EXPERTS_OF_PLACEMENT)
            .param("id", id)
            .query((each, _) -> scoredExpert(each))
            .list();
    HitRateForecast forecast =
        new HitRateForecast(
            row.getDouble("forecast_overall"),
            row.getDouble("forecast_prefill"),
            row.getDouble("forecast_decode"));
    return new PlacementVersion(
        id,
        row.getString("fingerprint"),
        row.getString("replica"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        PlacementVersion.Author.valueOf(row.getString("author").toUpperCase(Locale.ROOT)),
        instant(row, "window_start"),
        instant(row, "window_end"),
        row.getString("reason"),
        new Placement(experts, row.getString("policy"), parameters, forecast));
  }

  private static ScoredExpert scoredExpert(ResultSet row) throws SQLException {
    return new ScoredExpert(
        new ExpertId(row.getInt("layer"), row.getInt("expert")), row.getDouble("score"));
  }

  private static PlacementVersion withId(PlacementVersion version, long id) {
    return new PlacementVersion(
        id,
        version.fingerprint(),
        version.replica(),
        version.createdAt(),
        version.author(),
        version.windowStart(),
        version.windowEnd(),
        version.reason(),
        version.placement());
  }

  private static @Nullable OffsetDateTime timestamp(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime timestamp = row.getObject(column, OffsetDateTime.class);
    return timestamp == null ? null : timestamp.toInstant();
  }
}
