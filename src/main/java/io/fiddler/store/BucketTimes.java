package io.fiddler.store;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/// Which bucket of the past a moment belongs to: hours until the day (UTC) before yesterday, then
/// days, then thirty days. Some 160 in the first year, 12 more a year.
///
/// @param hoursFrom hours are told apart from here on
/// @param daysFrom days are told apart from here on
record BucketTimes(Instant hoursFrom, Instant daysFrom) {
  private static final int HOURS_OF_DAYS = 2;
  private static final int DAYS = 60;
  private static final int BLOCK_DAYS = 30;

  static BucketTimes until(Instant now) {
    long today = LocalDate.ofInstant(now, ZoneOffset.UTC).toEpochDay();
    return new BucketTimes(day(today - HOURS_OF_DAYS), day(block(today - DAYS)));
  }

  /// A bucket's time.
  record Bucket(Instant start, Duration width) {}

  /// The bucket of an hour, or of a day where its hours are not known.
  Bucket of(Instant start, boolean isDay) {
    if (start.isBefore(daysFrom)) {
      long day = Math.floorDiv(start.getEpochSecond(), Duration.ofDays(1).toSeconds());
      return new Bucket(day(block(day)), Duration.ofDays(BLOCK_DAYS));
    }
    return isDay || start.isBefore(hoursFrom)
        ? dayOf(start)
        : new Bucket(start, Duration.ofHours(1));
  }

  /// The day a moment is in.
  static Bucket dayOf(Instant moment) {
    return new Bucket(moment.truncatedTo(ChronoUnit.DAYS), Duration.ofDays(1));
  }

  private static long block(long day) {
    return Math.floorDiv(day, BLOCK_DAYS) * BLOCK_DAYS;
  }

  private static Instant day(long epochDay) {
    return Instant.EPOCH.plus(epochDay, ChronoUnit.DAYS);
  }
}
