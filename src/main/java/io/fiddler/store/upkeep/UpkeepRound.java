package io.fiddler.store.upkeep;

import io.fiddler.store.upkeep.TablePartitions.Bounded;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;

/// All there is to do at one moment. Every step is a transaction and finds out for itself what is
/// left, so a round that ended in the middle is simply run again.
final class UpkeepRound {
  private final UpkeepTransaction transaction;
  private final List<KeptTable> tables;
  private final Duration requests;

  UpkeepRound(DataSource dataSource, Retention retention) {
    this.transaction = new UpkeepTransaction(dataSource);
    this.tables = KeptTable.of(retention);
    this.requests = retention.requests();
  }

  /// What was done.
  ///
  /// @param made partitions
  /// @param removed days or months whose rows left, by table
  /// @param rows single rows that left, of what is about requests that are gone
  record Done(int made, SortedMap<String, Integer> removed, int rows) {
    boolean nothing() {
      return made == 0 && removed.isEmpty() && rows == 0;
    }
  }

  private record Plan(List<Bounded> partitions, List<Instant> unsorted) {
    static final Plan NOTHING = new Plan(List.of(), List.of());
  }

  Done run(Instant now) throws SQLException {
    int made = 0;
    SortedMap<String, Integer> removed = new TreeMap<>();
    for (KeptTable table : tables) {
      if (transaction.run(false, connection -> TablePartitions.exist(connection, table))) {
        int left = remove(table, now);
        if (left > 0) {
          removed.put(table.name(), left);
        }
        made += make(table, now);
      }
    }
    return new Done(made, removed, removeRows(now));
  }

  private int removeRows(Instant now) throws SQLException {
    return requests.isZero()
        ? 0
        : transaction.run(0, connection -> WriterRows.remove(connection, now.minus(requests)));
  }

  private Plan look(KeptTable table) throws SQLException {
    return transaction.run(
        Plan.NOTHING,
        connection ->
            new Plan(
                TablePartitions.bounded(connection, table),
                TablePartitions.unsorted(connection, table)));
  }

  private int remove(KeptTable table, Instant now) throws SQLException {
    Instant cut = table.cut(now);
    Plan plan = look(table);
    int removed = 0;
    for (Bounded partition : plan.partitions()) {
      if (!partition.beyond().isAfter(cut)) {
        removed +=
            transaction.run(
                0,
                connection -> {
                  // Another replica may have been faster.
                  if (!TablePartitions.bounded(connection, table).contains(partition)) {
                    return 0;
                  }
                  TablePartitions.remove(
                      connection, table, partition, partition.first(), partition.beyond());
                  return 1;
                });
      }
    }
    for (Instant first : plan.unsorted()) {
      Instant beyond = table.width().next(first);
      if (!beyond.isAfter(cut)) {
        removed +=
            transaction.run(
                0,
                connection -> {
                  TablePartitions.remove(connection, table, null, first, beyond);
                  return 1;
                });
      }
    }
    return removed;
  }

  private int make(KeptTable table, Instant now) throws SQLException {
    int made = 0;
    for (Instant first : look(table).unsorted()) {
      made += make(table, first, table.cut(now));
    }
    made += make(table, now, Instant.EPOCH);
    return made + make(table, table.width().next(now), Instant.EPOCH);
  }

  private int make(KeptTable table, Instant moment, Instant cut) throws SQLException {
    return moment.isBefore(cut)
        ? 0
        : transaction.run(
            0, connection -> TablePartitions.ensure(connection, table, moment) ? 1 : 0);
  }
}
