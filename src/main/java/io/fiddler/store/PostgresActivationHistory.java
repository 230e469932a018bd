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
    select day, true as is_day, tenant, layer, phase = 'decode', counts
    from expert_activation_day where fingerprint = %1$s
    union all
    select hour, false, tenant, layer, phase = 'decode', counts
    from expert_activation where fingerprint = %1$s
    """
        .formatted(fingerprint);
  }

  private static PastSums addAll(BinaryRows rows, PastSums sums) throws SQLException {
    @Nullable Place place = null;
    while (rows.next()) {
      Time time = new Time(rows.readTimestamp(), rows.readBoolean());
      if (place == null || !place.time().equals(time)) {
        place = sums.at(time);
      }
      String tenant = rows.readText();
      int layer = rows.readInt();
      Phase phase = rows.readBoolean() ? Phase.DECODE : Phase.PREFILL;
      sums.add(place, tenant, layer, phase, rows.readLongs());
    }
    return sums;
  }
}
