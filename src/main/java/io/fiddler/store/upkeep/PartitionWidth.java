package io.fiddler.store.upkeep;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// The time one partition is for, in UTC.
enum PartitionWidth {
  DAY,
  MONTH;

  /// Begin of the partition a moment belongs to.
  Instant floor(Instant moment) {
    OffsetDateTime day = moment.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS);
    return (this == DAY ? day : day.withDayOfMonth(1)).toInstant();
  }

  /// Begin of the one after that.
  Instant next(Instant moment) {
    OffsetDateTime first = floor(moment).atOffset(ZoneOffset.UTC);
    return (this == DAY ? first.plusDays(1) : first.plusMonths(1)).toInstant();
  }

  /// As `date_trunc` knows it.
  String unit() {
    return name().toLowerCase(Locale.ROOT);
  }
}
