package io.fiddler.store.upkeep;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A table partitioned by time, and how long its rows stay.
///
/// @param name of the table; its default partition has `_default` behind it
/// @param column the time partitions go by
/// @param width of a partition
/// @param retention how long rows stay; zero for ever
/// @param farewell what becomes of rows that leave
record KeptTable(
    String name, String column, PartitionWidth width, Duration retention, Farewell farewell) {
  /// What is kept, in the order of the work: days of activations come from hours.
  static List<KeptTable> of(Retention retention) {
    return List.of(
        new KeptTable(
            "request_log", "created_at", PartitionWidth.DAY, retention.requests(), Farewell.GONE),
        new KeptTable(
            "activation_trace",
            "created_at",
            PartitionWidth.DAY,
            retention.traces(),
            Farewell.GONE),
        new KeptTable(
            "expert_activation",
            "hour",
            PartitionWidth.DAY,
            retention.hours(),
            Farewell.BECOME_DAYS),
        new KeptTable(
            "expert_activation_day",
            "day",
            PartitionWidth.MONTH,
            retention.activations(),
            Farewell.GONE),
        new KeptTable(
            "request_usage", "start", PartitionWidth.MONTH, retention.usage(), Farewell.GONE));
  }

  String defaultPartition() {
    return name + "_default";
  }

  /// Partitions that end at or before this moment leave.
  Instant cut(Instant now) {
    return retention.isZero() || retention.compareTo(Duration.between(Instant.EPOCH, now)) > 0
        ? Instant.EPOCH
        : width.floor(now.minus(retention));
  }
}
