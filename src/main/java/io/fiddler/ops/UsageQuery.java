package io.fiddler.ops;

import io.fiddler.usage.UsageReports.Granularity;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/// Which requests a usage report is about.
///
/// @param from first moment
/// @param to end, exclusive
/// @param by width of a row
record UsageQuery(Instant from, Instant to, Granularity by) {
  private static final Duration DEFAULT_WINDOW = Duration.ofHours(24);

  UsageQuery {
    if (!from.isBefore(to)) {
      throw new IllegalArgumentException("from must be before to, got " + from + " and " + to);
    }
  }

  /// From request parameters; the last 24 hours by hour if they are left out.
  ///
  /// @throws IllegalArgumentException with a sentence on the first bad parameter
  static UsageQuery parse(
      @Nullable String from, @Nullable String to, @Nullable String by, Clock clock) {
    Instant end = to == null ? clock.instant() : moment("to", to);
    Instant start = from == null ? end.minus(DEFAULT_WINDOW) : moment("from", from);
    return new UsageQuery(start, end, granularity(by));
  }

  private static Granularity granularity(@Nullable String by) {
    return switch (by) {
      case null -> Granularity.HOUR;
      case "hour" -> Granularity.HOUR;
      case "day" -> Granularity.DAY;
      default -> throw new IllegalArgumentException("by must be hour, day or key, got " + by);
    };
  }

  private static Instant moment(String name, String value) {
    try {
      return value.contains("T")
          ? OffsetDateTime.parse(value).toInstant()
          : LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          name
              + " must be a time such as 2026-01-31T08:00:00Z or a date such as 2026-01-31, got "
              + value,
          e);
    }
  }
}
