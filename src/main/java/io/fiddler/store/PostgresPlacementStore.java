package io.fiddler.store;

import io.fiddler.expert.ExpertId;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.PlacementVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Placements in `placement` and `placement_expert`.
public final class PostgresPlacementStore implements PlacementStore {
  private static final String INSERT_PLACEMENT =
      """
      with recorded as (
        insert into placement (
          fingerprint, replica, created_at, author, policy, parameters, window_start, window_end, reason,
          forecast_overall, forecast_prefill, forecast_decode, forecast_uncertainty, made_by)
        values (
          :fingerprint, :replica, :createdAt, :author, :policy,
          jsonb_object(:parameterNames::text[], :parameterValues::text[]),
          :windowStart::timestamptz, :windowEnd::timestamptz, :reason,
          :forecastOverall, :forecastPrefill, :forecastDecode, :forecastUncertainty, :by)
        returning id
      ), wanted as (
        insert into placement_expert (placement_id, position, layer, expert, score)
        select id, position, layer, expert, score
        from recorded, unnest(:layers::integer[], :experts::integer[], :scores::double precision[])
          with ordinality as wanted (layer, expert, score, position)
      ), noted as (
        insert into placement_event (
          fingerprint, replica, at, action, placement_id, made_by, reason, for_all)
        select :fingerprint, :replica, :createdAt, :action, id, :by, :reason, :forAll from recorded
        where :action <> 'follow'
      )
      select id from recorded
      """;

  private static final String SELECT_PLACEMENT =
      """
      select *,
        array(select key from jsonb_each_text(parameters) order by key) as parameter_names,
        array(select value from jsonb_each_text(parameters) order by key) as parameter_values,
        array(select layer from placement_expert where placement_id = id order by position) as layers,
        array(select expert from placement_expert where placement_id = id order by position) as experts,
        array(select score from placement_expert where placement_id = id order by position) as scores
      from placement
      """;

  private static final String PLACEMENT_OF_ID = SELECT_PLACEMENT + "where id = :id";

  /// What an operator does on one replica is for the others too.
  private static final Set<PlacementAction> FOR_ALL =
      EnumSet.of(PlacementAction.APPLY, PlacementAction.ROLLBACK);

  private final StoreConnection store;

  /// Over a database.
  public PostgresPlacementStore(StoreConnection store) {
    this.store = store;
  }

  @Override
  public PlacementVersion record(PlacementVersion version, PlacementAction action) {
    return version.withId(store.query(jdbc -> insert(jdbc, version, action)));
  }

  @Override
  public Optional<PlacementVersion> find(long id) {
    return store.query(jdbc ->
        jdbc.sql(PLACEMENT_OF_ID).param("id", id).query((row, _) -> version(row)).optional());
  }

  private static long insert(JdbcClient jdbc, PlacementVersion version, PlacementAction action) {
    Placement placement = version.placement();
    List<ScoredExpert> experts = placement.experts();
    List<String> parameters = List.copyOf(placement.parameters().keySet());
    return jdbc.sql(INSERT_PLACEMENT)
        .param("fingerprint", version.fingerprint())
        .param("replica", version.replica())
        .param("createdAt", version.createdAt().atOffset(ZoneOffset.UTC))
        .param("author", version.author().name().toLowerCase(Locale.ROOT))
        .param("policy", placement.policy())
        .param("parameterNames", parameters.toArray(String[]::new))
        .param(
            "parameterValues",
            parameters.stream().map(placement.parameters()::get).toArray(String[]::new))
        .param("windowStart", timestamp(version.windowStart()))
        .param("windowEnd", timestamp(version.windowEnd()))
        .param("reason", version.reason())
        .param("forecastOverall", placement.forecast().overall())
        .param("forecastPrefill", placement.forecast().prefill())
        .param("forecastDecode", placement.forecast().decode())
        .param("forecastUncertainty", placement.forecast().uncertainty())
        .param("by", version.by())
        .param("action", action.name().toLowerCase(Locale.ROOT))
        .param("forAll", FOR_ALL.contains(action))
        .param("layers", experts.stream().map(each -> each.id().layer()).toArray(Integer[]::new))
        .param("experts", experts.stream().map(each -> each.id().expert()).toArray(Integer[]::new))
        .param("scores", experts.stream().map(ScoredExpert::score).toArray(Double[]::new))
        .query(Long.class)
        .single();
  }

  private static PlacementVersion version(ResultSet row) throws SQLException {
    return new PlacementVersion(
        row.getLong("id"),
        row.getString("fingerprint"),
        row.getString("replica"),
        Rows.instant(row, "created_at"),
        PlacementVersion.Author.valueOf(row.getString("author").toUpperCase(Locale.ROOT)),
        Rows.instantOrNull(row, "window_start"),
        Rows.instantOrNull(row, "window_end"),
        row.getString("reason"),
        new Placement(experts(row), row.getString("policy"), parameters(row), forecast(row)),
        row.getString("made_by"));
  }

  private static List<ScoredExpert> experts(ResultSet row) throws SQLException {
    Integer[] layers = (Integer[]) row.getArray("layers").getArray();
    Integer[] experts = (Integer[]) row.getArray("experts").getArray();
    Double[] scores = (Double[]) row.getArray("scores").getArray();
    return IntStream.range(0, layers.length)
        .mapToObj(i -> new ScoredExpert(new ExpertId(layers[i], experts[i]), scores[i]))
        .toList();
  }

  private static Map<String, String> parameters(ResultSet row) throws SQLException {
    String[] names = (String[]) row.getArray("parameter_names").getArray();
    String[] values = (String[]) row.getArray("parameter_values").getArray();
    return IntStream.range(0, names.length)
        .boxed()
        .collect(Collectors.toMap(i -> names[i], i -> values[i]));
  }

  private static HitRateForecast forecast(ResultSet row) throws SQLException {
    // Null in what older versions of the service recorded.
    Double uncertainty = row.getObject("forecast_uncertainty", Double.class);
    return new HitRateForecast(
        row.getDouble("forecast_overall"),
        row.getDouble("forecast_prefill"),
        row.getDouble("forecast_decode"),
        uncertainty == null ? 1 : uncertainty);
  }

  private static @Nullable OffsetDateTime timestamp(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
