package io.fiddler.api.access;

import io.fiddler.usage.access.limit.Standing;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpHeaders;

/// How limits stand, in OpenAI's headers. With several replicas it is what this one knows.
final class RateHeaders {
  private static final String PREFIX = "x-ratelimit-";

  private RateHeaders() {}

  static void set(HttpHeaders headers, Optional<Standing> requests, Optional<Standing> tokens) {
    requests.ifPresent(standing -> set(headers, "requests", standing));
    tokens.ifPresent(standing -> set(headers, "tokens", standing));
  }

  private static void set(HttpHeaders headers, String what, Standing standing) {
    headers.set(PREFIX + "limit-" + what, Long.toString(standing.limit()));
    headers.set(PREFIX + "remaining-" + what, Long.toString(standing.remaining()));
    headers.set(PREFIX + "reset-" + what, text(standing.reset()));
  }

  /// As OpenAI writes it: `20ms`, `1.5s`, `6m0s`, `1h0m0s`.
  static String text(Duration time) {
    if (time.toSeconds() == 0) {
      return time.toMillis() + "ms";
    }
    String seconds = Double.toString(time.toSecondsPart() + time.toMillisPart() / 1000.0);
    String rest =
        (seconds.endsWith(".0") ? seconds.substring(0, seconds.length() - 2) : seconds) + "s";
    if (time.toMinutes() == 0) {
      return rest;
    }
    return time.toHours() == 0
        ? time.toMinutes() + "m" + rest
        : time.toHours() + "h" + time.toMinutesPart() + "m" + rest;
  }
}
