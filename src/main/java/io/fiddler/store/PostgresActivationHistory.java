package io.fiddler.store;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.store.PastSums.Place;
import io.fiddler.store.PastSums.Time;
import io.fiddler.usage.ActivationHistory;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Activation counts from `expert_activation`, by hour, and `expert_activation_day`.
///
/// The rows come over by binary COPY and are summed up here: PostgreSQL has no sum of arrays, and
/// taking them apart there takes several times as long.
public final class PostgresActivationHistory implements ActivationHistory {
  private static final Logger log = LoggerFactory.getLogger(PostgresActivationHistory.class);

  /// Stands for the layer of a row that has all of them.
  private static final int ALL_LAYERS = -1;

  private final StoreConnection store;

  /// Over a database.
  public PostgresActivationHistory(StoreConnection store) {
    this.store = store;
  }

  @Override
  public PastActivations past(
      String fingerprint, ExpertGrid grid, Instant now, HalfLives halfLives) {
    PastSums sums = new PastSums(grid, now, halfLives);
    store.copy(
        connection -> rows("'" + connection.escapeLiteral(fingerprint) + "'"),
        rows -> addAll(rows, sums));
    if (sums.foreign() > 0) {
      log.warn(
          "{} rows of counts of {} do not fit the model's layers, ignored",
          sums.foreign(),
          fingerprint);
    }
    return sums.result();
  }

  /// The query of a model's rows.
  ///
  /// @param fingerprint quoted
  static String rows(String fingerprint) {
    // One statement sees one state of the database: a day that is being rolled up is in one of
    // both.
    return """
    select day, tenant, phase = 'decode', -1 as layer, experts, counts
    from expert_activation_day where fingerprint = %1$s
    union all
    select hour, tenant, phase = 'decode', layer, '{}', counts
    from expert_activation where fingerprint = %1$s
    """
        .formatted(fingerprint);
  }

  private static PastSums addAll(BinaryRows rows, PastSums sums) throws SQLException {
    @Nullable Place place = null;
    while (rows.next()) {
      Instant start = rows.readTimestamp();
      String tenant = rows.readText();
      Phase phase = rows.readBoolean() ? Phase.DECODE : Phase.PREFILL;
      int layer = rows.readInt();
      int[] experts = rows.readInts();
      boolean isDay = layer == ALL_LAYERS;
      if (place == null || place.time().isDay() != isDay || !place.time().start().equals(start)) {
        place = sums.at(new Time(start, isDay));
      }
      if (isDay) {
        sums.add(place, tenant, phase, experts, rows.readLongs());
      } else {
        sums.add(place, tenant, phase, layer, rows.readLongs());
      }
    }
    return sums;
  }
}
