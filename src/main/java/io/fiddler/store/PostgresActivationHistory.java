package io.fiddler.store;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.usage.ActivationHistory;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Activation counts from `expert_activation`.
public final class PostgresActivationHistory implements ActivationHistory {
  private static final Logger log = LoggerFactory.getLogger(PostgresActivationHistory.class);

  /// Beyond that an hour weighs less than rounding, and power() fails on the underflow.
  private static final int HALF_LIVES_THAT_COUNT = 64;

  private static final String DECAYED_COUNTS =
      """
      select tenant, layer, phase, cardinality(counts) as experts, position - 1 as expert,
        sum(count * power(0.5::double precision, greatest(0, extract(epoch from :now - hour))::double precision / :halfLifeSeconds)) as weight,
        min(hour) as since
      from expert_activation, unnest(counts) with ordinality as element (count, position)
      where fingerprint = :fingerprint and hour >= :oldest
      group by tenant, layer, phase, experts, expert
      """;

  private final StoreConnection store;

  /// Over a database.
  public PostgresActivationHistory(StoreConnection store) {
    this.store = store;
  }

  @Override
  public PastActivations past(
      String fingerprint, ExpertGrid grid, Instant now, HalfLives halfLives) {
    Map<String, ActivationStatistics> byTenant =
        decayed(fingerprint, grid, now, halfLives.decayed());
    Map<String, ActivationStatistics> recent = decayed(fingerprint, grid, now, halfLives.recent());
    return new PastActivations(
        ActivationStatistics.sum(grid, byTenant.values()),
        ActivationStatistics.sum(grid, recent.values()),
        byTenant,
        List.of());
  }

  private Map<String, ActivationStatistics> decayed(
      String fingerprint, ExpertGrid grid, Instant now, Duration halfLife) {
    Map<String, ActivationStatistics> byTenant = new TreeMap<>();
    long foreign = 0;
    for (Weight row : store.query(jdbc -> weights(jdbc, fingerprint, now, halfLife))) {
      if (row.layer() < grid.numLayers() && row.experts() == grid.numExperts(row.layer())) {
        Phase phase = Phase.valueOf(row.phase().toUpperCase(Locale.ROOT));
        ActivationStatistics statistics =
            byTenant.computeIfAbsent(row.tenant(), _ -> new ActivationStatistics(grid));
        statistics.add(phase, row.layer(), row.expert(), row.weight());
        statistics.countedSince(row.since());
      } else {
        foreign++;
      }
    }
    if (foreign > 0) {
      log.warn("{} counts of {} do not fit the model's layers, ignored", foreign, fingerprint);
    }
    return byTenant;
  }

  private static List<Weight> weights(
      JdbcClient jdbc, String fingerprint, Instant now, Duration halfLife) {
    return jdbc.sql(DECAYED_COUNTS)
        .param("fingerprint", fingerprint)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .param("halfLifeSeconds", halfLife.getSeconds() + halfLife.getNano() / 1e9)
        .param("oldest", oldest(now, halfLife).atOffset(ZoneOffset.UTC))
        .query((row, _) -> Weight.of(row))
        .list();
  }

  private static Instant oldest(Instant now, Duration halfLife) {
    Duration longest = Duration.between(Instant.EPOCH, now).dividedBy(HALF_LIVES_THAT_COUNT);
    return halfLife.compareTo(longest) > 0
        ? Instant.EPOCH
        : now.minus(halfLife.multipliedBy(HALF_LIVES_THAT_COUNT));
  }

  private record Weight(
      String tenant,
      int layer,
      String phase,
      int experts,
      int expert,
      double weight,
      Instant since) {
    static Weight of(ResultSet row) throws SQLException {
      return new Weight(
          row.getString("tenant"),
          row.getInt("layer"),
          row.getString("phase"),
          row.getInt("experts"),
          row.getInt("expert"),
          row.getDouble("weight"),
          row.getObject("since", OffsetDateTime.class).toInstant());
    }
  }
}
