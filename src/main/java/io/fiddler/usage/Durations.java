package io.fiddler.usage;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Durations as settings are written: `30s`, `1m30s`, `500ms`.
public final class Durations {
  private Durations() {}

  /// As a person would write it; to the millisecond.
  public static String text(Duration duration) {
    // ISO 8601's parts are these, behind PT and in capitals, but for fractions of a second.
    if (duration.toMillisPart() != 0 && duration.compareTo(Duration.ofSeconds(1)) < 0) {
      return duration.toMillis() + "ms";
    }
    String iso = duration.truncatedTo(ChronoUnit.MILLIS).toString();
    return iso.substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
